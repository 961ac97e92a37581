"""Clients who work on the same records and episodes at once, each at what chance gives it."""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.faults.history.asking import Line, Write

SYSTEM = "urn:history"
PLATELETS = {"code": "777-3", "unit": "10*9/L"}
MOST_WRITES = 50
"""On one record; then it is left alone, so that one page still shows it whole."""
FEWEST_PATIENTS = 6
API = "/api/v1"


@dataclass
class Ward:
    """What all clients know of: patients made by them, and who is being screened."""

    system: str
    today: str
    screenings: list[list[str]]
    """Of each candidate the episode that is the last, and the patient."""
    patients: list[str] = field(default_factory=list)
    received: list[tuple[int, dict[str, Any], str]] = field(default_factory=list)
    writes: Counter[str] = field(default_factory=Counter)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    lock: Any = field(default_factory=threading.Lock)

    def number(self) -> int:
        with self.lock:
            return int(next(self.numbers))

    def add(self, patient: str) -> None:
        with self.lock:
            if patient not in self.writes:
                self.patients.append(patient)
                self.writes[patient] = 0

    def wrote(self, patient: str) -> None:
        with self.lock:
            self.writes[patient] += 1
            if self.writes[patient] >= MOST_WRITES and patient in self.patients:
                self.patients.remove(patient)


class Clerk:
    """One client: a coordinator, an investigator and a system's sender in turn, with a session of its own."""

    def __init__(self, number: int, ward: Ward, line: Line, tokens: list[str], seed: int) -> None:
        self.number, self.ward, self.line = number, ward, line
        self.coordinator, self.investigator = tokens
        self.chance = random.Random(f"{seed} {number}")
        self.done: Counter[str] = Counter()

    def step(self) -> None:
        """One thing to do, with whatever has to be read first."""
        if len(self.ward.patients) < FEWEST_PATIENTS:
            self.register()
            return
        often = {
            self.register: 3,
            self.receive: 12,
            self.enter: 20,
            self.correct: 18,
            self.withdraw: 6,
            self.look: 10,
            self.screen: 28,
            self.disturb: 3,
        }
        (way,) = self.chance.choices(list(often), list(often.values()))
        way()

    def _do(self, what: str, *, again: float = 0.1, **told: Any) -> Any:
        key = f"{self.number}-{self.ward.number()}"
        answer = self.line.write(Write(key=key, **told), again=self.chance.random() < again)
        self.done[f"{what} {answer.outcome}"] += 1
        return answer

    # -- records -----------------------------------------------------------------------------

    def register(self) -> None:
        number = self.ward.number()
        body = {
            "identifiers": [{"system": SYSTEM, "value": str(number)}],
            "family_name": f"History {number}",
            "birth_date": "1970-01-01",
        }
        answer = self._do(
            "register",
            method="POST",
            at=f"{API}/patients/",
            body=body,
            token=self.coordinator,
            marks=[f"number {number}"],
        )
        if answer.status == 201:
            self.ward.add(answer.body["id"])

    def receive(self) -> None:
        """A Bundle of a new patient, of one who was sent before, or the very same once more."""
        held, again = self.ward.received, self.chance.random()
        if held and again < 0.3:
            number, bundle, mark = self.chance.choice(held[-20:])
        else:
            known = self.chance.choice(held[-20:])[0] if held and again < 0.7 else None
            number = known or self.ward.number()
            value, mark = self._value()
            bundle = _bundle(number, f"o{self.ward.number()}", value, self.ward.today)
            held.append((number, bundle, mark))
        who = f"number {number}"
        answer = self._do(
            "receive",
            method="POST",
            at="/fhir",
            body=bundle,
            token=self.ward.system,
            marks=[mark, who],
            shared=[mark, who],
            kind="application/fhir+json",
        )
        if answer.status == 200:
            places = [one["response"].get("location", "") for one in answer.body["entry"]]
            patient = next(one for one in places if one.startswith("Patient/"))[8:]
            self.ward.add(patient.split("/")[0])

    def enter(self) -> None:
        patient = self.chance.choice(self.ward.patients)
        value, mark = self._value()
        self.ward.wrote(patient)
        self._do(
            "enter",
            method="POST",
            at=f"{API}/patients/{patient}/lab-results/",
            body=PLATELETS | {"value": value, "collected": self.ward.today},
            token=self.coordinator,
            marks=[mark],
            subject=patient,
        )

    def _value(self) -> tuple[str, str]:
        """A number that no other result has, and its mark."""
        number = self.ward.number()
        value = f"{150 + number % 300}.{number:07d}1"
        return value, f"result {Decimal(value).normalize():f}"

    def look(self) -> None:
        self._facts(self.chance.choice(self.ward.patients))

    def _facts(self, patient: str) -> tuple[int | None, list[Any]]:
        at = f"{API}/patients/{patient}/lab-results/?current=true&page_size=200"
        asked = self.line.read(at, self.coordinator)
        answer = asked[0]
        if answer.status != 200:
            return None, []
        facts = answer.body["results"]
        held = frozenset(_mark(one) for one in facts) if answer.body["next"] is None else None
        self.line.keep_read(patient, asked, held)
        return answer.version, facts

    def correct(self) -> None:
        patient = self.chance.choice(self.ward.patients)
        version, facts = self._facts(patient)
        if version is None or not facts:
            return
        fact = self.chance.choice(facts)
        value, mark = self._value()
        self.ward.wrote(patient)
        self._do(
            "correct",
            method="PATCH",
            at=f"{API}/patients/{patient}/lab-results/{fact['id']}/",
            body={"value": value, "reason": "checked against the source"},
            token=self.coordinator,
            marks=[mark],
            subject=patient,
            seen=version,
            replaces=_mark(fact),
        )

    def withdraw(self) -> None:
        patient = self.chance.choice(self.ward.patients)
        version, facts = self._facts(patient)
        if version is None or not facts:
            return
        fact = self.chance.choice(facts)
        self.ward.wrote(patient)
        self._do(
            "withdraw",
            method="POST",
            at=f"{API}/patients/{patient}/lab-results/{fact['id']}/withdraw/",
            body={"reason": "entered-in-error"},
            token=self.coordinator,
            marks=[f"without {_mark(fact)}"],
            subject=patient,
            seen=version,
            replaces=_mark(fact),
        )

    # -- episodes ----------------------------------------------------------------------------

    def disturb(self) -> None:
        """An answer of a patient who is being screened changes: what was decided on it is void."""
        _, patient = self.chance.choice(self.ward.screenings)
        said = "not_met" if self.chance.random() < 0.4 else "met"
        at = f"{API}/patients/{patient}/attestations/"
        body = {
            "trial": "NCT00514085",
            "criterion": "no-active-infection",
            "answer": said,
            "stated_on": self.ward.today,
        }
        self._do(
            "answer", method="POST", at=at, body=body, token=self.coordinator, marks=[], again=0
        )

    def screen(self) -> None:
        """The next step of an episode, as who has just read it."""
        place = self.chance.choice(self.ward.screenings)
        held, patient = place
        asked = self.line.read(f"{API}/screenings/{held}/", self.coordinator)
        answer = asked[0]
        if answer.status != 200:
            return
        self.line.keep_read(f"episode {held}", asked)
        state, version = answer.body["state"], answer.body["version"]
        act, who, body = self._next(state, answer.body["record_version"])
        if act == "rescreen":
            self._again(place, held, patient, version, answer.body)
        elif act:
            name = {"decline": "return"}.get(act, act)
            person = "investigator" if who == self.investigator else "coordinator"
            self._do(
                act,
                method="POST",
                at=f"{API}/screenings/{held}/{act}/",
                body=body,
                token=who,
                marks=[f"{held} {name} {version + 1} {person}.{self.number}"],
                subject=f"episode {held}",
                seen=version,
            )

    def _next(self, state: str, record: int) -> tuple[str, str, dict[str, Any]]:
        luck = self.chance.random()
        closes = ("close", self.coordinator, {"state": "lost", "reason": "moved"})
        if state == "candidate":
            return "start", self.coordinator, {}
        if state == "in_screening":
            seen = {"record_version": record}
            return ("confirm", self.coordinator, seen) if luck < 0.9 else closes
        if state == "confirmed":
            signed = {"record_version": record, "password": "a long enough password"}
            if luck < 0.8:
                return "sign", self.investigator, signed
            return (
                ("decline", self.investigator, {"note": "Not as I saw it"})
                if luck < 0.9
                else closes
            )
        if state == "signed":
            consent = {"part": "A", "consent_version": "3.0", "consent_on": self.ward.today}
            return ("register", self.coordinator, consent) if luck < 0.03 else closes
        return ("", "", {}) if state == "registered" else ("rescreen", self.coordinator, {})

    def _again(
        self, place: list[str], held: str, patient: str, version: int, told: dict[str, Any]
    ) -> None:
        if told["following"]:
            place[0] = told["following"]
            return
        episode = told["episode"] + 1
        answer = self._do(
            "rescreen",
            method="POST",
            at=f"{API}/screenings/{held}/rescreen/",
            body={"note": "The next round"},
            token=self.coordinator,
            marks=[f"{patient} again {episode}"],
            shared=[f"{patient} again {episode}"],
            after=version,
        )
        if answer.status in (200, 201):
            place[0] = answer.body["id"]


def _mark(fact: dict[str, Any]) -> str:
    value = fact["fact"]["value"]
    return f"result {Decimal(value['value'] if isinstance(value, dict) else value).normalize():f}"


def _bundle(number: int, observation: str, value: str, today: str) -> dict[str, Any]:
    unit = {"unit": "10*9/L", "system": "http://unitsofmeasure.org", "code": "10*9/L"}
    person = {
        "resourceType": "Patient",
        "id": f"h{number}",
        "identifier": [{"system": SYSTEM, "value": str(number)}],
        "birthDate": "1970-01-01",
    }
    result = {
        "resourceType": "Observation",
        "id": observation,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
        "subject": {"reference": f"Patient/h{number}"},
        "effectiveDateTime": today,
        "valueQuantity": {"value": float(value), **unit},
    }
    entry = [{"resource": person}, {"resource": result}]
    return {"resourceType": "Bundle", "type": "collection", "entry": entry}
