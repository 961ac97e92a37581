"""What arrives: almost nothing, the same twice, something wrong, something nobody understands."""

from __future__ import annotations

from eligibility.demonstration.codings import concept
from eligibility.demonstration.expectations import fails, holds, unknown
from eligibility.demonstration.stories.illness import ASKED
from eligibility.demonstration.stories.shelf import Shelf, eligible, ineligible, undetermined
from eligibility.demonstration.usual import ABSENT, Patient

SHELF = Shelf()


@SHELF.patient(
    "almost-empty",
    "Almost nothing on record",
    "Referred today: a name, a birth date and an address.",
    undetermined(
        holds("age-18", "evidence"),
        unknown("histology-cutaneous-melanoma", "missing"),
        unknown("measurable-disease", "missing"),
        unknown("nonbulky-disease", "missing"),
        unknown("tumor-tissue-available", "missing"),
        unknown("ecog-0-2", "missing"),
        unknown("granulocytes", "missing"),
        unknown("platelets", "missing"),
        unknown("bilirubin-normal", "missing"),
        unknown("creatinine", "missing"),
        unknown("ast-alt", "missing"),
        *(unknown(criterion, "needs-statement") for criterion in ASKED),
        confirm=(*ABSENT, "major-surgery-washout"),
        windows=(),
        possible=(),
    ),
    sex="male",
    offered=True,
)
def almost_empty(patient: Patient) -> None:
    patient.resources = {"patient": patient.resources["patient"]}
    patient.statements = []


@SHELF.patient(
    "somebody-elses-record",
    "A record of somebody else",
    "A brain metastasis filed under the wrong name, set aside by the coordinator.",
    eligible(holds("no-brain-metastases", "attestation"), aside=1),
)
def somebody_elses_record(patient: Patient) -> None:
    patient.condition("brain metastasis", onset=-90)
    patient.set_aside("brain metastasis")


@SHELF.patient(
    "entered-in-error",
    "Entered in error and refuted",
    "A wrong tube's platelets and a refuted HIV infection stay visible and count for nothing.",
    eligible(holds("platelets", "evidence"), holds("no-hiv-hbv-hcv", "attestation"), aside=2),
)
def entered_in_error(patient: Patient) -> None:
    patient.lab("platelets", 20, name="platelets, wrong tube", ago=1, status="entered-in-error")
    patient.condition("HIV", onset=-1000, sure="refuted")


@SHELF.patient(
    "answer-against-the-report",
    "Answer against the report",
    "Histology is on record, yet the coordinator stated that the report says otherwise.",
    ineligible(
        fails("histology-cutaneous-melanoma"), conflicting=("histology-cutaneous-melanoma",)
    ),
)
def answer_against_the_report(patient: Patient) -> None:
    patient.answer("histology-cutaneous-melanoma", "not_met")


@SHELF.patient(
    "changed-answer",
    "An answer that was changed",
    "Uncontrolled last month, controlled since: the last statement counts.",
    eligible(holds("no-uncontrolled-illness", "attestation")),
)
def changed_answer(patient: Patient) -> None:
    patient.answer("no-uncontrolled-illness", "not_met", ago=30)
    patient.answer_too("no-uncontrolled-illness", "met", ago=3)


@SHELF.patient(
    "refusal-outlives-consent",
    "The older refusal governs again",
    "A met of forty days ago has lapsed; the not met before it never does.",
    ineligible(fails("no-uncontrolled-illness")),
)
def refusal_outlives_consent(patient: Patient) -> None:
    patient.answer("no-uncontrolled-illness", "not_met", ago=60)
    patient.answer_too("no-uncontrolled-illness", "met", ago=40)


@SHELF.patient(
    "local-codes",
    "Codes of the house",
    "A problem, a drug and a procedure under the hospital's own codes are listed, not guessed.",
    eligible(unrecognised=("PROB-117", "RX-MELA-3", "OP-88")),
)
def local_codes(patient: Patient) -> None:
    patient.condition("osteoarthritis", name="house problem")["code"] = concept(
        ("local", "PROB-117", "Finding as discussed at the tumour board")
    )
    patient.course("atorvastatin", -90, -60, name="house drug")["medicationCodeableConcept"] = (
        concept(("local", "RX-MELA-3", "Protocol drug M3"))
    )
    patient.procedure("biopsy", -50, name="house procedure")["code"] = concept(
        ("local", "OP-88", "Minor theatre, list B")
    )


@SHELF.patient(
    "sent-twice",
    "Sent twice",
    "The interface repeated half the record; nothing counts double.",
    eligible(holds("platelets", "evidence")),
)
def sent_twice(patient: Patient) -> None:
    for name in ("melanoma", "metastasis", "platelets", "liver lesion", "wide excision"):
        patient.again(name)


@SHELF.patient(
    "newer-version",
    "A newer version of a result",
    "The same result sent again with another number: the later version replaces the earlier.",
    ineligible(fails("platelets")),
)
def newer_version(patient: Patient) -> None:
    patient.resources["platelets"]["meta"] = {"lastUpdated": patient.moment(-3, "14:06")}
    copy = patient.again("platelets", meta={"lastUpdated": patient.moment(-2, "08:15")})
    value = copy["valueQuantity"]
    assert isinstance(value, dict)
    copy["valueQuantity"] = {**value, "value": 84}


@SHELF.patient(
    "unreadable-parts",
    "Parts that cannot be read",
    "A condition of nobody and a procedure with an unknown modifier are kept and never used.",
    eligible(holds("no-prior-chemotherapy", "attestation")),
)
def unreadable_parts(patient: Patient) -> None:
    patient.kind = "collection"
    del patient.condition("HIV", name="a condition of nobody")["subject"]
    modified = patient.procedure("limb perfusion", -400, name="a modified procedure")
    url = "https://codes.demonstration.invalid/was-not-really-done"
    modified["modifierExtension"] = [{"url": url, "valueBoolean": True}]


@SHELF.patient(
    "batch-of-requests",
    "Sent as a batch",
    "The same record in the third kind of bundle.",
    eligible(),
)
def batch_of_requests(patient: Patient) -> None:
    patient.kind = "batch"


@SHELF.patient(
    "time-without-zone",
    "A time without a zone",
    "Only the date of such a time is used.",
    eligible(holds("platelets", "evidence")),
)
def time_without_zone(patient: Patient) -> None:
    patient.kind = "collection"
    patient.resources["platelets"]["effectiveDateTime"] = f"{patient.day(-3)}T09:40:00"


@SHELF.patient(
    "awkward-name",
    "A name that a careless page would run",
    "Angle brackets, quotes and a right-to-left mark are text like any other.",
    eligible(),
)
def awkward_name(patient: Patient) -> None:
    patient.resources["patient"]["name"] = [
        {
            "family": "O'Brien-<b>Test</b>",
            "given": ['Zoë "Zo" \u200f', "=1+1", "<script>alert(1)</script>"],
        }
    ]


@SHELF.patient(
    "untranslated-units",
    "Units spelt the hospital's way",
    "K/uL, x10^9/L and µmol/L without any code are understood.",
    eligible(holds("platelets", "evidence"), holds("creatinine", "evidence")),
)
def untranslated_units(patient: Patient) -> None:
    for name, unit in (("platelets", "K/uL"), ("neutrophils", "x10^9/L"), ("creatinine", "µmol/L")):
        value = patient.resources[name]["valueQuantity"]
        assert isinstance(value, dict)
        patient.resources[name]["valueQuantity"] = {"value": value["value"], "unit": unit}


@SHELF.patient(
    "every-kind-of-never",
    "Several reasons that never change",
    "Brain metastasis, chemotherapy and thalassaemia at once.",
    ineligible(
        fails("no-brain-metastases", "none"),
        fails("no-prior-chemotherapy", "none"),
        fails("no-thalassemia", "none"),
    ),
    sex="female",
)
def every_kind_of_never(patient: Patient) -> None:
    patient.condition("brain metastasis", onset=-100)
    patient.course("dacarbazine", -250, -190, intent="palliative")
    patient.condition("beta thalassaemia", onset="1999")
