"""Small documents for the tests of the naive reading: a patient, records, statements."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests import naive
from tests.naive import codes

ON = date(2026, 11, 25)
Json = dict[str, Any]


def concept(system: str, code: str, text: str | None = None) -> Json:
    made: Json = {"coding": [{"system": system, "code": code}]}
    return made | ({"text": text} if text else {})


def snomed(code: str, text: str | None = None) -> Json:
    return concept(codes.SNOMED, code, text)


def icd(code: str) -> Json:
    return concept(codes.ICD10CM, code)


def status(code: str) -> Json:
    return {"coding": [{"code": code}]}


class Sample:
    """A document in the making; every method returns the sample."""

    def __init__(self, **patient: Any) -> None:
        self.patient = {"resourceType": "Patient", "id": "p", **patient}
        self.resources: list[Json] = []
        self.document: Json = {"attestations": []}

    def add(self, kind: str, **elements: Any) -> Sample:
        subject = {"ResearchSubject": "individual", "BodyStructure": "patient"}.get(kind, "subject")
        self.resources.append(
            {
                "resourceType": kind,
                "id": f"r{len(self.resources)}",
                subject: {"reference": "Patient/p"},
                **elements,
            }
        )
        return self

    def condition(self, code: Json | str, clinical: str | None = "active", **more: Any) -> Sample:
        coded = icd(code) if isinstance(code, str) else code
        if clinical:
            more["clinicalStatus"] = status(clinical)
        if "verification" in more:
            more["verificationStatus"] = status(more.pop("verification"))
        for name in ("onset", "abatement"):
            if name in more:
                more[f"{name}DateTime"] = more.pop(name)
        return self.add("Condition", code=coded, **more)

    def lab(self, code: str, value: str, unit: str | None, on: str | None, **more: Any) -> Sample:
        quantity: Json = {"value": Decimal(value)}
        if unit:
            quantity["unit"] = unit
        if "comparator" in more:
            quantity["comparator"] = more.pop("comparator")
        if "high" in more:
            high = {"value": Decimal(more.pop("high")), "unit": more.pop("high_unit", unit)}
            more["referenceRange"] = [{"high": {k: v for k, v in high.items() if v is not None}}]
        if on:
            more["effectiveDateTime"] = on
        return self.result(code, valueQuantity=quantity, **more)

    def result(self, code: str, **more: Any) -> Sample:
        more.setdefault("status", "final")
        return self.add("Observation", code=concept(codes.LOINC, code), **more)

    def word(self, code: str, word: str, on: str, **more: Any) -> Sample:
        return self.result(code, valueString=word, effectiveDateTime=on, **more)

    def lesion(self, size: str, on: str, method: Json | None = None, **more: Any) -> Sample:
        if method:
            more["method"] = method
        unit = more.pop("unit", "mm")
        return self.lab("33728-7", size, unit, on, **more)

    def drug(self, code: Json, setting: str | None = None, **more: Any) -> Sample:
        more.setdefault("status", "completed")
        if "start" in more or "end" in more:
            period = {name: more.pop(name) for name in ("start", "end") if name in more}
            more["effectivePeriod"] = period
        if "route" in more:
            more["dosage"] = [{"route": snomed(more.pop("route"))}]
        return self.add(
            "MedicationStatement",
            medicationCodeableConcept=code,
            extension=intent(setting),
            **more,
        )

    def procedure(self, code: str, setting: str | None = None, **more: Any) -> Sample:
        more.setdefault("status", "completed")
        if "on" in more:
            more["performedDateTime"] = more.pop("on")
        return self.add("Procedure", code=snomed(code), extension=intent(setting), **more)

    def study(self, status_code: str, study: str = "other", **period: str) -> Sample:
        return self.add(
            "ResearchSubject",
            status=status_code,
            study={"reference": f"ResearchStudy/{study}"},
            **({"period": period} if period else {}),
        )

    def said(self, criterion: str, answer: str, stated_on: str, detail: str = "") -> Sample:
        made = {"criterion": criterion, "answer": answer, "stated_on": stated_on, "by": "Dr A"}
        self.document["attestations"].append(made | ({"detail": detail} if detail else {}))
        return self

    def given(self, **envelope: Any) -> Sample:
        self.document.update(envelope)
        return self

    def build(self) -> Json:
        entries = [{"resource": each} for each in [self.patient, *self.resources]]
        return {
            "bundle": {
                "resourceType": "Bundle",
                "type": self.document.pop("type", "collection"),
                "entry": entries,
            },
            **self.document,
        }

    def answer(self, on: date | str = ON, days: int = 0) -> Json:
        when = date.fromisoformat(on) if isinstance(on, str) else on
        return naive.evaluate(self.build(), on=when, days=days)

    def of(self, criterion: str, on: date | str = ON) -> tuple[Any, ...]:
        """(verdict, basis) of what is decided, ("unknown", reason) of what is not."""
        found = self.answer(on)["criteria"][criterion]
        second = found["reason"] if found["verdict"] == "unknown" else found["basis"]
        return found["verdict"], second

    def clears(self, criterion: str, on: date | str = ON) -> tuple[Any, ...]:
        found = self.answer(on)["criteria"][criterion]
        return found["verdict"], found["remedy"], found["clears_on"]


def intent(setting: str | None) -> list[Json]:
    words = {word: code for code, word in codes.INTENTS.items()}
    if setting is None:
        return []
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent"
    return [{"url": url, "valueCodeableConcept": snomed(words[setting])}]


def back(days: int) -> str:
    return (ON - timedelta(days=days)).isoformat()
