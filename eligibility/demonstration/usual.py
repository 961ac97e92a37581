"""The patient every story starts from: all 40 criteria met, and everything freshly answered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from eligibility.demonstration.ailments import MORPHOLOGIES
from eligibility.demonstration.build import Chart
from eligibility.demonstration.codings import concept
from eligibility.demonstration.days import years_after
from eligibility.demonstration.measurements import category
from eligibility.demonstration.people import Person, Place

_CORE: Final = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_SIX: Final = ("neutrophils", "platelets", "bilirubin", "creatinine", "ast", "alt")
_OTHERS: Final = ("leukocytes", "neutrophil-percent")
_UNUSED: Final = ("haemoglobin", "ldh")  # the trial asks for neither
LESIONS: Final = ("liver lesion", "lung nodule")

ANSWERS: Final = {
    "recurrent-or-metastatic-incurable": "met",
    "no-brain-metastases": "met",
    "life-expectancy-12-weeks": "met",
    "contraception": "met",
    "no-uncontrolled-illness": "met",
    "no-active-infection": "met",
    "no-symptomatic-chf": "met",
    "no-unstable-angina": "met",
    "no-cardiac-arrhythmia": "met",
    "no-limiting-psychiatric-social": "met",
    "no-hemolytic-disorder": "met",
    "no-sickle-cell-anemia": "met",
    "no-thalassemia": "met",
    "no-autoimmune-hemolytic-anemia": "met",
    "no-other-malignancy-5y": "met",
    "no-hiv-hbv-hcv": "met",
    "within-2-hour-drive": "met",
    "no-prior-systemic-metastatic": "met",
    "adjuvant-immunotherapy-washout": "not_applicable",
    "no-immunotherapy-metastatic": "met",
    "no-immunotherapy-outside-adjuvant": "met",
    "radiotherapy-washout": "not_applicable",
    "investigational-anticancer-washout": "met",
    "no-prior-chemotherapy": "met",
    "no-systemic-corticosteroids": "met",
}

ABSENT: Final = (
    "no-brain-metastases",
    "no-hemolytic-disorder",
    "no-sickle-cell-anemia",
    "no-thalassemia",
    "no-autoimmune-hemolytic-anemia",
    "no-other-malignancy-5y",
    "no-hiv-hbv-hcv",
    "no-prior-systemic-metastatic",
    "adjuvant-immunotherapy-washout",
    "no-immunotherapy-metastatic",
    "no-immunotherapy-outside-adjuvant",
    "radiotherapy-washout",
    "investigational-anticancer-washout",
    "no-prior-chemotherapy",
    "no-systemic-corticosteroids",
)
"""What rests on absence for the usual patient once nobody has confirmed it."""


class Patient(Chart):
    """A chart filled with everything that the trial asks; a story changes what it is about."""

    def __init__(self, key: str, *, on: date, person: Person) -> None:
        super().__init__(key, on=on, person=person)
        age = (56 if person.sex == "female" else 38) + person.number * 7 % 24
        self.born(years_after(on, -age) - timedelta(days=40 + person.number * 11 % 280))
        self._disease()
        self._imaging()
        self._laboratory()
        self._background()
        for criterion, answer in ANSWERS.items():
            self.answer(criterion, answer)
        if person.sex == "female":
            self.condition("postmenopausal", onset=-1500)
            self.unanswered("contraception")

    # who it is

    def born(self, when: date | str | None) -> None:
        """Write the Patient resource, born then (a text as it stands, None: unknown)."""
        person, place = self.person, self.person.place
        number = f"INVENTED-{place.province}-{person.number:04d}"
        birthsex = {"url": f"{_CORE}birthsex", "valueCode": person.sex[0].upper()}
        self.put(
            "Patient",
            "patient",
            meta={"profile": [f"{_CORE}patient"]},
            extension=[birthsex],
            identifier=[
                {
                    "type": concept(text="Provincial health number"),
                    "system": f"https://demonstration.invalid/health-number/{place.province.lower()}",
                    "value": number,
                },
                {
                    "type": concept(text="Hospital number"),
                    "system": "https://demonstration.invalid/hospital-number",
                    "value": f"D{person.number:06d}",
                },
            ],
            active=True,
            name=[{"use": "official", "family": person.family, "given": [person.given]}],
            telecom=[{"system": "phone", "value": f"555-01{person.number % 100:02d}"}],
            gender=person.sex,
            birthDate=when.isoformat() if isinstance(when, date) else when,
            address=[_address(place)],
        )

    def lives_in(self, place: Place) -> None:
        """Move the patient."""
        self.resources["patient"]["address"] = [_address(place)]

    # shorthands of the stories

    def labs_taken(self, ago: int, *analytes: str) -> None:
        """Move the usual results (or only these) to `ago` days before."""
        for name in analytes or _SIX + _OTHERS + _UNUSED:
            if name in self.resources:
                self.resources[name]["effectiveDateTime"] = self.moment(-ago)
                self.resources[name]["issued"] = self.moment(-ago, "14:05")

    def scanned(self, ago: int) -> None:
        """Move both lesions' measurements to `ago` days before."""
        for name in LESIONS:
            self.resources[name]["effectiveDateTime"] = self.moment(-ago)

    def fertile(self, *, tested: int | None = 1, age: int = 34) -> None:
        """Make her a woman of childbearing potential, tested negative `tested` days before."""
        self.born(years_after(self.on, -age) - timedelta(days=75))
        self.without("postmenopausal").answer("contraception").answer("not-pregnant-or-nursing")
        if tested is not None:
            self.test("urine-hcg", "negative", ago=tested)

    # what everybody has

    def _disease(self) -> None:
        since = -(520 + self.person.number * 17 % 400)
        trunk = self.person.number % 2 == 0
        self.condition(
            "melanoma of trunk" if trunk else "melanoma of leg", name="melanoma", onset=since
        )
        spread = ("liver metastasis", "lung metastasis", "node metastasis")[self.person.number % 3]
        self.condition(spread, name="metastasis", onset=-45 - self.person.number % 30)
        self.histology("superficial spreading" if trunk else "melanoma", when=since + 6)
        self.put(
            "Specimen",
            "tumour block",
            status="available",
            subject=self.subject,
            accessionIdentifier={"value": f"S-{self.person.number:04d}-A1"},
            type=concept(
                ("snomed", "441652008", "Formalin-fixed paraffin-embedded tissue specimen")
            ),
            collection={"collectedDateTime": self.day(since + 4)},
        )
        self.procedure("excision", since + 4, name="wide excision")
        self.procedure("axillary dissection", since + 40)
        self.observation(
            "stage",
            concept(("loinc", "21908-9", "Stage group.clinical Cancer")),
            ago=40,
            valueCodeableConcept=concept(text="Stage IV"),
        )
        self.ecog(self.person.number % 2)

    def histology(self, morphology: str, *, when: int) -> None:
        """Write the histology result and the pathology report that concludes it."""
        found = concept(MORPHOLOGIES[morphology])
        code = concept(("loinc", "31206-6", "Histology and Behavior ICD-O-3 Cancer"))
        self.observation("histology", code, ago=-when, valueCodeableConcept=found)
        self.put(
            "DiagnosticReport",
            "pathology report",
            status="final",
            subject=self.subject,
            category=category("v2-0074", "PAT"),
            effectiveDateTime=self.day(when),
            code=concept(("loinc", "22637-3", "Pathology report diagnosis")),
            conclusionCode=[found],
        )

    def _imaging(self) -> None:
        self.lesion("liver lesion", 22 + self.person.number % 9, site="liver")
        self.lesion("lung nodule", 11 + self.person.number % 7, site="lung")

    def _laboratory(self) -> None:
        for analyte in _SIX + _OTHERS:
            self.lab(analyte)
        self.lab("platelets", 182 + self.person.number * 13 % 150)
        self.lab("creatinine", 61 + self.person.number * 5 % 34)
        self.lab("neutrophils", f"{3 + self.person.number % 3}.{self.person.number * 3 % 10}0")
        self.test("hbsag", "negative", ago=33)
        if self.person.number % 4 == 1:
            self._whole_panel()

    def _whole_panel(self) -> None:
        """Write what comes along unasked: other analytes, and the report around the results."""
        for analyte in _UNUSED:
            self.lab(analyte)
        self.put(
            "DiagnosticReport",
            "blood count report",
            status="final",
            subject=self.subject,
            category=category("v2-0074", "HM"),
            effectiveDateTime=self.day(-3),
            code=concept(("loinc", "58410-2", "CBC panel - Blood by Automated count")),
            result=[self.reference("neutrophils"), self.reference("platelets")],
        )

    def _background(self) -> None:
        number = self.person.number
        illness, drug = (
            ("hypertension", "ramipril"),
            ("diabetes", "metformin"),
            ("hypothyroidism", "levothyroxine"),
        )[number % 3]
        self.condition(illness, onset=-2400 - number)
        self.course(drug, -2390 - number, status="active", route="oral")
        if number % 4 == 0:
            self.procedure("colonoscopy", -700 - number)
        self.put(
            "Encounter",
            "visit",
            status="finished",
            subject=self.subject,
            **{
                "class": {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                    "code": "AMB",
                }
            },
            period={"start": self.moment(-3, "09:00"), "end": self.moment(-3, "10:30")},
        )
        self.put(
            "Immunization",
            "influenza vaccine",
            status="completed",
            patient=self.subject,
            vaccineCode=concept(text="Influenza, inactivated"),
            occurrenceDateTime=self.day(-30),
        )


def _address(place: Place) -> dict[str, object]:
    return {
        "use": "home",
        "line": ["1 Invented Street"],
        "city": place.city,
        "state": place.province,
        "postalCode": place.postal_code,
        "country": "CA",
    }
