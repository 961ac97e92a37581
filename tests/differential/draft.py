"""A document in the making: chance, days beside the turning points, and exact JSON."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.naive import codes, dates
from tests.naive.codes import words

LOINC, SNOMED = codes.LOINC, codes.SNOMED
Json = dict[str, Any]

SPECIAL_DAYS = words(
    "2026-11-25 2026-02-28 2026-03-01 2027-02-28 2028-02-29 2026-05-31 2026-08-31 2026-11-08 "
    "2026-03-08 2026-12-31 2027-01-01 2026-06-30"
)
STEPS = (
    *(0, -1, 1, -2, -6, -7, -8, -13, -14, -15, -20, -27, -28, -29, -30, -31),
    *(5, 20, 28, 29, 45, -45, -60, -90, -120, -200, -400, -900),
)
OFFSETS = ("Z", "-05:00", "-04:00", "+00:00", "+02:00", "-08:00", "+05:30")


def encode(document: Json) -> bytes:
    """The document as JSON with its decimals written exactly as they are."""
    return as_text(document).encode()


def as_text(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{as_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(as_text, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value)


def decode(raw: bytes) -> Json:
    return json.loads(raw, parse_float=Decimal)


def concept(system: str, code: str, text: str | None = None) -> Json:
    made: Json = {"coding": [{"system": system, "code": code}]}
    if text is not None:
        made["text"] = text
    return made


def status(kind: str, code: str) -> Json:
    return concept(f"http://terminology.hl7.org/CodeSystem/condition-{kind}", code)


class Draft:
    """A document in the making."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        if self.rng.random() < 0.4:
            self.on = date.fromisoformat(self.rng.choice(SPECIAL_DAYS))
        else:
            self.on = date(2026, 1, 1) + timedelta(days=self.rng.randrange(800))
        self.count = 0
        self.url = "urn:uuid:7d1c8a4e-0000-4000-8000-000000000001"
        self.subject = self.rng.choice(["Patient/p1", "Patient/p1", self.url])
        self.patient: Json = {"resourceType": "Patient", "id": "p1"}
        self.entries: list[Json] = [{"fullUrl": self.url, "resource": self.patient}]
        self.document: Json = {
            "on": self.on.isoformat(),
            "received_on": self.on.isoformat(),
            "time_zone": "America/Toronto",
            "bundle": {"resourceType": "Bundle", "type": "collection", "entry": self.entries},
            "attestations": [],
        }

    # chance

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, *choices: Any) -> Any:
        return self.rng.choice(choices)

    def word(self, words: str) -> str:
        return self.rng.choice(words.split())

    # dates

    def back(self, days: int) -> str:
        return (self.on - timedelta(days=days)).isoformat()

    def day(self) -> date:
        """A day beside one on which some verdict turns."""
        kind = self.rng.random()
        if kind < 0.75:
            return self.on + timedelta(days=self.rng.choice(STEPS))
        turn = dates.add_months(self.on, -3 if kind < 0.9 else -60)
        return turn + timedelta(days=self.pick(-3, -2, -1, 0, 0, 1, 2, 3))

    def past(self) -> date:
        day = self.day()
        return day if day <= self.on else self.on - (day - self.on)

    def when(self, day: date | None = None) -> str:
        """A date as text: mostly precise, sometimes a month, a year or a time near midnight."""
        day = day or self.day()
        kind = self.rng.random()
        if kind < 0.68:
            return day.isoformat()
        if kind < 0.80:
            return day.isoformat()[:7]
        if kind < 0.86:
            return day.isoformat()[:4]
        time = self.pick("00:00:00", "03:30:00", "04:59:59", "05:00:00", "12:00:00", "23:30:00")
        if kind < 0.98:
            return f"{day}T{time}{self.pick(*OFFSETS)}"
        return f"{day}T{time}"

    def instant(self, day: date) -> str:
        return f"{day}T{self.rng.randrange(24):02}:30:00{self.pick(*OFFSETS)}"

    def timing(self, name: str) -> Json:
        """name + DateTime, name + Period (open or not), or nothing."""
        kind = self.rng.random()
        first, last = sorted((self.day(), self.day()))
        if kind < 0.35:
            return {f"{name}DateTime": self.when(self.past() if self.chance(0.8) else None)}
        write = self.when if (last - first).days > 1 else date.isoformat
        period: Json = {}
        if kind < 0.92 and not self.chance(0.1):
            period["start"] = write(first)
        if not self.chance(0.35):
            period["end"] = write(last)
        if kind < 0.96:
            return {f"{name}Period": period} if period else {}
        return {}

    # entries

    def add(self, kind: str, **elements: Any) -> Json:
        self.count += 1
        resource: Json = {"resourceType": kind, "id": f"r{self.count}", **elements}
        if kind == "ResearchSubject":
            resource["individual"] = {"reference": self.subject}
        elif kind in ("Consent", "BodyStructure"):
            resource["patient"] = {"reference": self.subject}
        elif kind not in ("Medication", "ResearchStudy"):
            resource["subject"] = {"reference": self.subject}
        self.entries.append({"resource": resource})
        return resource

    def of_kind(self, *kinds: str) -> list[Json]:
        found = [entry["resource"] for entry in self.entries]
        return [each for each in found if each["resourceType"] in kinds]

    def attest(self, criterion: str, answer: str, ago: int, **more: Any) -> None:
        self.document["attestations"].append(
            {
                "criterion": criterion,
                "answer": answer,
                "stated_on": self.back(ago),
                "by": "A. Person",
                **more,
            }
        )
