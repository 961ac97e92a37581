"""Tumour measurements, performance status and life expectancy."""

from __future__ import annotations

from eligibility.demonstration.codings import concept
from eligibility.demonstration.expectations import fails, holds, unknown
from eligibility.demonstration.stories.shelf import Shelf, eligible, ineligible, undetermined
from eligibility.demonstration.usual import LESIONS, Patient

SHELF = Shelf()
MEASURABLE, NONBULKY = "measurable-disease", "nonbulky-disease"
ECOG, EXPECTANCY = "ecog-0-2", "life-expectancy-12-weeks"


@SHELF.patient(
    "lesions-too-small",
    "Lesions too small to measure",
    "Nine and six millimetres on a spiral CT that needs ten.",
    ineligible(fails(MEASURABLE), holds(NONBULKY, "evidence")),
)
def lesions_too_small(patient: Patient) -> None:
    patient.lesion("liver lesion", 9)
    patient.lesion("lung nodule", 6, site="lung")


@SHELF.patient(
    "x-ray-and-hand",
    "Nineteen millimetres on an X-ray",
    "Enough for a spiral CT, not for an X-ray or the hand.",
    ineligible(fails(MEASURABLE)),
)
def x_ray_and_hand(patient: Patient) -> None:
    patient.lesion("liver lesion", "1.2", unit="cm", method="physical exam", site="skin of back")
    patient.lesion("lung nodule", 19, method="X-ray", site="lung")


@SHELF.patient(
    "ct-of-either-kind",
    "Spiral or not?",
    "Fourteen millimetres on a CT whose kind nobody wrote down.",
    undetermined(unknown(MEASURABLE, "method-not-stated")),
)
def ct_of_either_kind(patient: Patient) -> None:
    patient.lesion("liver lesion", 14, method="CT")
    patient.lesion("lung nodule", 8, method="CT", site="lung")


@SHELF.patient(
    "ct-of-a-spiral-site",
    "All scanners here are spiral",
    "The same fourteen millimetres at a site that states its scanners' kind.",
    eligible(holds(MEASURABLE, "evidence")),
)
def ct_of_a_spiral_site(patient: Patient) -> None:
    ct_of_either_kind(patient)
    patient.policy = {"ct_is_spiral": True}


@SHELF.patient(
    "magnetic-resonance-only",
    "Measured by magnetic resonance only",
    "The protocol does not list the method, so a large lesion decides nothing.",
    undetermined(unknown(MEASURABLE, "method-not-stated"), holds(NONBULKY, "evidence")),
)
def magnetic_resonance_only(patient: Patient) -> None:
    patient.lesion("liver lesion", 31, method="MRI")
    patient.lesion("lung nodule", 12, method=None, site="lung")


@SHELF.patient(
    "bulky-by-a-tenth",
    "A tenth of a millimetre too large",
    "50.1 mm where 50 is the largest allowed.",
    ineligible(fails(NONBULKY), holds(MEASURABLE, "evidence")),
)
def bulky_by_a_tenth(patient: Patient) -> None:
    patient.lesion("liver lesion", "50.1")


@SHELF.patient(
    "large-lesion-not-remeasured",
    "The large lesion was not measured again",
    "Sixty-one millimetres ten weeks ago; the last scan left it out.",
    undetermined(unknown(NONBULKY), holds(MEASURABLE, "evidence")),
)
def large_lesion_not_remeasured(patient: Patient) -> None:
    patient.lesion("nodal mass", 61, ago=70, site="axillary nodes")


@SHELF.patient(
    "never-scanned",
    "No measurement on record",
    "No size of any lesion has been recorded.",
    undetermined(unknown(MEASURABLE, "missing"), unknown(NONBULKY, "missing")),
)
def never_scanned(patient: Patient) -> None:
    patient.without(*LESIONS)


@SHELF.patient(
    "scan-too-old",
    "Scan too old",
    "Forty days old, twenty-eight allowed: a new scan is all that is missing.",
    undetermined(
        unknown(MEASURABLE, "too-old"), unknown(NONBULKY, "too-old"), possible=((0, 180),)
    ),
)
def scan_too_old(patient: Patient) -> None:
    patient.scanned(40)


@SHELF.patient(
    "one-lesion-or-two",
    "One shrinking lesion or two?",
    "Twenty-four and eight millimetres in the liver on different days, not told apart.",
    undetermined(unknown(MEASURABLE, "conflicting")),
)
def one_lesion_or_two(patient: Patient) -> None:
    patient.without(*LESIONS)
    patient.lesion("liver lesion, first scan", 24, ago=20, followed=False)
    patient.lesion("liver lesion, second scan", 8, ago=5, followed=False)


@SHELF.patient(
    "sizes-without-unit",
    "Sizes without a unit",
    "Twenty-four of what?",
    undetermined(unknown(MEASURABLE, "unit"), unknown(NONBULKY, "unit")),
)
def sizes_without_unit(patient: Patient) -> None:
    patient.lesion("liver lesion", 24, unit=None)
    patient.lesion("lung nodule", 14, unit=None, site="lung")


@SHELF.patient(
    "removed-lump-measured",
    "A removed lump was measured",
    "Sixty-two millimetres in the pathologist's dish say nothing of what is left.",
    eligible(holds(NONBULKY, "evidence")),
)
def removed_lump_measured(patient: Patient) -> None:
    lump = patient.lesion("resected node", 62, ago=10, method=None, site="axillary nodes")
    lump["specimen"] = patient.reference("tumour block")


@SHELF.patient(
    "ecog-three",
    "Performance status 3",
    "In bed more than half the day; a better score would change it.",
    ineligible(fails(ECOG)),
)
def ecog_three(patient: Patient) -> None:
    patient.ecog(3)


@SHELF.patient(
    "karnofsky-only",
    "Karnofsky but no ECOG",
    "Eighty per cent is shown and never converted.",
    undetermined(unknown(ECOG, "missing")),
)
def karnofsky_only(patient: Patient) -> None:
    code = concept(("loinc", "89243-0", "Karnofsky Performance Status score"))
    patient.without("ECOG").observation("Karnofsky", code, valueInteger=80)


@SHELF.patient(
    "ecog-too-old",
    "Performance status too old",
    "Last scored forty days ago.",
    undetermined(unknown(ECOG, "too-old")),
)
def ecog_too_old(patient: Patient) -> None:
    patient.ecog(0, ago=40)


@SHELF.patient(
    "ecog-as-a-code",
    "Performance status sent as a code",
    "LA9622-7 is a score of nought, the fittest there is.",
    eligible(holds(ECOG, "evidence")),
)
def ecog_as_a_code(patient: Patient) -> None:
    score = patient.ecog(0)
    del score["valueInteger"]
    score["valueCodeableConcept"] = concept(("loinc", "LA9622-7", "Fully active"))


@SHELF.patient(
    "weeks-to-live",
    "Not expected to live twelve weeks",
    "The investigator's judgement; a new one may differ.",
    ineligible(fails(EXPECTANCY)),
)
def weeks_to_live(patient: Patient) -> None:
    patient.answer(EXPECTANCY, "not_met")


@SHELF.patient(
    "expectancy-asked-long-ago",
    "Life expectancy was judged forty days ago",
    "The answer has lapsed and has to be given again.",
    undetermined(unknown(EXPECTANCY, "attestation-expired"), possible=((0, 180),)),
)
def expectancy_asked_long_ago(patient: Patient) -> None:
    patient.answer(EXPECTANCY, ago=40)


@SHELF.patient(
    "deceased",
    "Deceased",
    "Died four days ago, after having been answered for.",
    ineligible(fails(EXPECTANCY, "none")),
)
def deceased(patient: Patient) -> None:
    patient.resources["patient"]["deceasedDateTime"] = patient.day(-4)
    patient.answer(EXPECTANCY, ago=9)
