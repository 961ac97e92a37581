"""Blood counts and how results arrive."""

from __future__ import annotations

from eligibility.demonstration.codings import concept
from eligibility.demonstration.expectations import expires, fails, holds, unknown
from eligibility.demonstration.stories.shelf import Shelf, eligible, ineligible, undetermined
from eligibility.demonstration.usual import Patient

SHELF = Shelf()


@SHELF.patient(
    "neutropenia",
    "Neutrophils a hair below the line",
    "1.499 where 1.5 is needed; a repeated count may do.",
    ineligible(fails("granulocytes")),
    offered=True,
)
def neutropenia(patient: Patient) -> None:
    patient.lab("neutrophils", "1.499")


@SHELF.patient(
    "neutrophils-as-a-share",
    "Neutrophils only in per cent",
    "The absolute count was not reported; a product of two results is never used.",
    undetermined(unknown("granulocytes", "missing")),
)
def neutrophils_as_a_share(patient: Patient) -> None:
    patient.without("neutrophils")


@SHELF.patient(
    "share-under-the-wrong-code",
    "Per cent under the code of the count",
    "Fifty-eight per cent sent as an absolute number.",
    undetermined(unknown("granulocytes", "unit")),
)
def share_under_the_wrong_code(patient: Patient) -> None:
    patient.lab("neutrophils", "58", unit="%", low=None, high=None)


@SHELF.patient(
    "thousandfold",
    "A thousand times too many neutrophils",
    "3000 x 10*3/uL was meant per microlitre; it is not rescaled but asked about.",
    undetermined(unknown("granulocytes", "implausible")),
)
def thousandfold(patient: Patient) -> None:
    patient.lab("neutrophils", "3000", unit="10*3/uL", low=None, high=None)


@SHELF.patient(
    "granulocytes-counted",
    "Granulocytes and neutrophils counted together",
    "Of one specimen the granulocyte count goes first: 1.6, not 1.4.",
    eligible(holds("granulocytes", "evidence")),
)
def granulocytes_counted(patient: Patient) -> None:
    patient.lab("neutrophils", "1.4")
    patient.lab("granulocytes", "1.6")


@SHELF.patient(
    "platelets-low",
    "Platelets one short",
    "99 where 100 are needed.",
    ineligible(fails("platelets")),
)
def platelets_low(patient: Patient) -> None:
    patient.lab("platelets", 99)


@SHELF.patient(
    "platelets-without-unit",
    "Platelets 250 of something",
    "No unit, so no count.",
    undetermined(unknown("platelets", "unit")),
)
def platelets_without_unit(patient: Patient) -> None:
    patient.lab("platelets", 250, unit=None)


@SHELF.patient(
    "platelets-more-than",
    "Platelets more than eighty",
    "An estimate from the smear: more than 80 may be 90 or 190.",
    undetermined(unknown("platelets", "comparator")),
)
def platelets_more_than(patient: Patient) -> None:
    patient.lab("platelets", 80, comparator=">")


@SHELF.patient(
    "platelets-in-words",
    "Platelets in words",
    "The result says to see the comment.",
    undetermined(unknown("platelets", "unreadable")),
)
def platelets_in_words(patient: Patient) -> None:
    result = patient.lab("platelets")
    del result["valueQuantity"]
    result["valueString"] = "see comment"


@SHELF.patient(
    "platelets-tied",
    "Two platelet counts of one draw",
    "104 and 98 of the same minute, and nothing says which came last.",
    undetermined(unknown("platelets", "conflicting")),
)
def platelets_tied(patient: Patient) -> None:
    patient.lab("platelets", 104, issued=None)
    patient.lab("platelets", 98, name="platelets, second count", issued=None)


@SHELF.patient(
    "platelets-issued-later",
    "Two platelet counts, one issued later",
    "98 at first, 104 after recounting the same tube: the later issue goes.",
    eligible(holds("platelets", "evidence")),
)
def platelets_issued_later(patient: Patient) -> None:
    patient.lab("platelets", 98, issued="11:00")
    patient.lab("platelets", 104, name="platelets, recount", issued="15:30")


@SHELF.patient(
    "platelets-preliminary",
    "A preliminary count below the line",
    "The final one of three days ago holds; yesterday's 88 is not final and only warns.",
    eligible(holds("platelets", "evidence"), warned=("platelets",)),
)
def platelets_preliminary(patient: Patient) -> None:
    patient.lab("platelets", 88, name="platelets, preliminary", ago=1, status="preliminary")


@SHELF.patient(
    "platelets-clumped",
    "The last specimen clotted",
    "Yesterday's tube gave no count; the one before is used, with a warning.",
    eligible(holds("platelets", "evidence"), warned=("platelets",)),
)
def platelets_clumped(patient: Patient) -> None:
    result = patient.lab("platelets", name="platelets, clotted", ago=1)
    del result["valueQuantity"]
    result["dataAbsentReason"] = concept(text="Specimen clotted")


@SHELF.patient(
    "platelets-too-old",
    "Platelets fifteen days old",
    "One day more than allowed.",
    undetermined(unknown("platelets", "too-old"), possible=((0, 180),)),
)
def platelets_too_old(patient: Patient) -> None:
    patient.labs_taken(15, "platelets")


@SHELF.patient(
    "past-midnight-elsewhere",
    "Drawn past midnight in Greenwich",
    "03:30 UTC fourteen days ago was the evening before in Canada: too old by hours.",
    undetermined(unknown("platelets", "too-old")),
)
def past_midnight_elsewhere(patient: Patient) -> None:
    patient.resources["platelets"]["effectiveDateTime"] = f"{patient.day(-14)}T03:30:00Z"


@SHELF.patient(
    "platelets-withdrawn",
    "The platelet count was withdrawn",
    "The laboratory sent the result again as entered in error.",
    undetermined(unknown("platelets", "missing")),
)
def platelets_withdrawn(patient: Patient) -> None:
    same = [{"system": "https://demonstration.invalid/results", "value": "A-70021"}]
    patient.lab("platelets")["identifier"] = same
    later = patient.lab(
        "platelets", name="platelets, withdrawn", issued="17:45", status="entered-in-error"
    )
    later["identifier"] = same


@SHELF.patient(
    "platelets-corrected",
    "The platelet count was corrected",
    "88 was a slip of the pen; the corrected result says 188.",
    eligible(holds("platelets", "evidence")),
)
def platelets_corrected(patient: Patient) -> None:
    same = [{"system": "https://demonstration.invalid/results", "value": "A-70044"}]
    patient.lab("platelets", 88)["identifier"] = same
    later = patient.lab(
        "platelets", 188, name="platelets, corrected", issued="17:45", status="corrected"
    )
    later["identifier"] = same


@SHELF.patient(
    "platelets-under-a-local-code",
    "Platelets under a local code",
    "The hospital's own code says nothing to anybody else; it is listed, not used.",
    undetermined(unknown("platelets", "missing"), unrecognised=("PLT-AUTO",)),
)
def platelets_under_a_local_code(patient: Patient) -> None:
    patient.resources["platelets"]["code"] = concept(("local", "PLT-AUTO", "Platelets, analyser 2"))


@SHELF.patient(
    "result-dated-tomorrow",
    "A result dated tomorrow",
    "A clock ran ahead: the count of 40 is ignored today and decides tomorrow.",
    eligible(expires("platelets", 1), windows=((0, 0),)),
)
def result_dated_tomorrow(patient: Patient) -> None:
    patient.lab("platelets", 40, name="platelets, tomorrow", ago=-1)
