"""Measurements on a chart: results, tests, performance status, the size of lesions."""

from __future__ import annotations

from typing import Final

from eligibility.demonstration.codings import (
    ANALYTES,
    ANSWERS,
    METHODS,
    QUALITATIVE,
    SITES,
    SYSTEMS,
    Json,
    concept,
)
from eligibility.demonstration.sheet import Sheet, exact

Number = int | str
PROFILES: Final = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
TERMS: Final = "http://terminology.hl7.org/CodeSystem/"
_USUAL: Final = "usual"  # the analyte's own unit or limit


def category(system: str, code: str) -> list[Json]:
    """Return a category element from one of HL7's own terminologies."""
    return [{"coding": [{"system": f"{TERMS}{system}", "code": code}]}]


class Measured(Sheet):
    """A sheet with the verbs of laboratory, examination and imaging; each returns the resource."""

    def lab(
        self,
        analyte: str,
        value: Number | None = None,
        *,
        name: str | None = None,
        ago: int = 3,
        at: str = "09:40",
        unit: str | None = _USUAL,
        low: Number | None = _USUAL,
        high: Number | None = _USUAL,
        status: str = "final",
        comparator: str | None = None,
        issued: str | None = "14:05",
    ) -> Json:
        """Add a quantitative result collected `ago` days before, in place of one so named."""
        test = ANALYTES[analyte]
        own = test.unit if unit == _USUAL else unit
        units: Json = (
            {}
            if own is None
            else {
                "unit": test.shown_unit if unit == _USUAL else own,
                "system": SYSTEMS["ucum"],
                "code": own,
            }
        )
        quantity: Json = {"value": test.value if value is None else exact(value), **units}
        if comparator is not None:
            quantity["comparator"] = comparator
        limits: Json = {}
        for side, limit, usual in (("low", low, test.low), ("high", high, test.high)):
            bound = usual if limit == _USUAL else limit
            if bound is not None:
                limits[side] = {"value": exact(bound), **units}
        return self.observation(
            name or analyte,
            concept(("loinc", test.code, test.display)),
            status=status,
            ago=ago,
            at=at,
            issued=issued,
            kind="laboratory",
            valueQuantity=quantity,
            referenceRange=[limits] if limits else None,
        )

    def test(
        self,
        test: str,
        answer: str,
        *,
        name: str | None = None,
        ago: int = 3,
        status: str = "final",
        issued: str | None = "14:05",
    ) -> Json:
        """Add a qualitative result (pregnancy test, serology); an unlisted answer goes as text."""
        coded = ANSWERS.get(answer)
        return self.observation(
            name or test,
            concept(("loinc", *QUALITATIVE[test])),
            status=status,
            ago=ago,
            issued=issued,
            kind="laboratory",
            valueCodeableConcept=coded,
            valueString=answer if coded is None else None,
        )

    def observation(
        self,
        name: str,
        code: Json,
        *,
        ago: int | None = 3,
        at: str = "09:40",
        status: str = "final",
        issued: str | None = None,
        kind: str = "exam",
        **elements: object,
    ) -> Json:
        """Add an observation of `ago` days before (None: undated)."""
        profile = "observation-lab" if kind == "laboratory" else "observation-clinical-result"
        return self.put(
            "Observation",
            name,
            meta={"profile": [PROFILES + profile]},
            status=status,
            category=category("observation-category", kind),
            code=code,
            subject=self.subject,
            effectiveDateTime=None if ago is None else self.moment(-ago, at),
            issued=None if ago is None or issued is None else self.moment(-ago, issued),
            performer=[{"display": f"{self.person.place.centre}, laboratory"}]
            if kind == "laboratory"
            else None,
            **elements,
        )

    def ecog(self, score: int, *, ago: int = 3) -> Json:
        """Add an ECOG performance status."""
        code = concept(("loinc", "89247-1", "ECOG Performance Status score"))
        return self.observation("ECOG", code, ago=ago, valueInteger=score)

    def lesion(
        self,
        name: str,
        size: Number,
        *,
        ago: int | None = 9,
        method: str | None = "spiral CT",
        site: str = "liver",
        unit: str | None = "mm",
        followed: bool = True,
    ) -> Json:
        """Add a tumour size; a BodyStructure identifies a lesion that is `followed`."""
        place, focus = concept(("snomed", *SITES[site])), None
        structure = name.split(",")[0] + " structure"
        if followed:
            self.put(
                "BodyStructure",
                structure,
                patient=self.subject,
                location=place,
                description=name.split(",")[0],
            )
            focus = [self.reference(structure)]
        quantity: Json = {"value": exact(size)}
        if unit is not None:
            quantity.update(unit=unit, system=SYSTEMS["ucum"], code=unit)
        longest = concept(("loinc", "33728-7", "Size.maximum dimension in Tumor"))
        return self.observation(
            name,
            concept(("loinc", "21889-1", "Size Tumor")),
            ago=ago,
            kind="imaging",
            focus=focus,
            bodySite=None if followed else place,
            method=METHODS[method] if method else None,
            component=[{"code": longest, "valueQuantity": quantity}],
        )
