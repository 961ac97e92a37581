"""Anticancer drugs: immunotherapy, chemotherapy, targeted drugs, studies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from eligibility.demonstration.codings import concept
from eligibility.demonstration.days import months_after
from eligibility.demonstration.expectations import expires, fails, holds, unknown, waits
from eligibility.demonstration.stories.shelf import (
    Shelf,
    eligible,
    ineligible,
    not_yet,
    undetermined,
)
from eligibility.demonstration.usual import Patient

SHELF = Shelf()
SYSTEMIC, WASHOUT = "no-prior-systemic-metastatic", "adjuvant-immunotherapy-washout"
IMMUNE, OUTSIDE = "no-immunotherapy-metastatic", "no-immunotherapy-outside-adjuvant"
RECENT, CHEMO = "investigational-anticancer-washout", "no-prior-chemotherapy"


def _three_months_after(days_ago: int) -> Callable[[date], date]:
    return lambda on: months_after(on - timedelta(days=days_ago), 3)


@SHELF.patient(
    "adjuvant-pembrolizumab-recent",
    "Adjuvant pembrolizumab ended 80 days ago",
    "Three calendar months are nearly over; the day is known.",
    not_yet(
        waits(WASHOUT, _three_months_after(80)),
        holds(SYSTEMIC, "evidence"),
        holds(OUTSIDE, "evidence"),
        holds(RECENT, "evidence"),
        earliest=_three_months_after(80),
    ),
    offered=True,
)
def adjuvant_pembrolizumab_recent(patient: Patient) -> None:
    patient.course("pembrolizumab", -440, -80, intent="adjuvant", source="administration")
    patient.unanswered(SYSTEMIC, WASHOUT, IMMUNE, OUTSIDE, RECENT)


@SHELF.patient(
    "adjuvant-three-months-ago",
    "Adjuvant interferon, three months ago to the day",
    "The day itself counts.",
    eligible(holds(WASHOUT, "evidence"), holds(OUTSIDE, "evidence")),
)
def adjuvant_three_months_ago(patient: Patient) -> None:
    last = months_after(patient.on, -3).isoformat()
    patient.course("interferon alfa-2b", -450, last, intent="adjuvant", route="subcutaneous")


@SHELF.patient(
    "adjuvant-nivolumab-ongoing",
    "Adjuvant nivolumab still going on",
    "No end is planned, so no day can be told.",
    ineligible(fails(WASHOUT), fails(RECENT)),
)
def adjuvant_nivolumab_ongoing(patient: Patient) -> None:
    patient.course("nivolumab", -100, status="active", intent="adjuvant", route="intravenous")


@SHELF.patient(
    "adjuvant-end-unknown",
    "Adjuvant pembrolizumab, end not recorded",
    "Finished some time between last year and today.",
    undetermined(unknown(WASHOUT, "partial-date"), unknown(RECENT, "partial-date")),
)
def adjuvant_end_unknown(patient: Patient) -> None:
    patient.course("pembrolizumab", -300, intent="adjuvant", source="contained")
    patient.unanswered(WASHOUT, RECENT)


@SHELF.patient(
    "two-antibodies-for-metastases",
    "Ipilimumab and nivolumab for metastases",
    "Treated before: never eligible.",
    ineligible(fails(SYSTEMIC, "none"), fails(IMMUNE, "none"), fails(OUTSIDE, "none")),
    sex="female",
)
def two_antibodies_for_metastases(patient: Patient) -> None:
    patient.course("ipilimumab", -500, -430, intent="palliative", source="administration")
    patient.course("nivolumab", -500, -400, intent="palliative", source="administration")


@SHELF.patient(
    "neoadjuvant-ipilimumab",
    "Ipilimumab before the operation",
    "Neoadjuvant is not for metastatic disease, but it is outside the adjuvant setting.",
    ineligible(fails(OUTSIDE, "none"), holds(SYSTEMIC, "evidence")),
)
def neoadjuvant_ipilimumab(patient: Patient) -> None:
    patient.course("ipilimumab", -300, -250, intent="neoadjuvant")
    patient.unanswered(SYSTEMIC)


@SHELF.patient(
    "setting-not-stated",
    "Nivolumab, setting not stated",
    "Adjuvant or for metastases? Three criteria wait for the chart.",
    undetermined(*(unknown(item, "intent-not-stated") for item in (SYSTEMIC, IMMUNE, OUTSIDE))),
)
def setting_not_stated(patient: Patient) -> None:
    patient.course("nivolumab", -500, -300)
    patient.unanswered(SYSTEMIC, IMMUNE, OUTSIDE)


@SHELF.patient(
    "setting-answered",
    "Nivolumab, setting answered",
    "Four answers of 25 days ago settle what the record leaves open, for four more days.",
    eligible(*(expires(item, 4) for item in (SYSTEMIC, WASHOUT, IMMUNE, OUTSIDE))),
)
def setting_answered(patient: Patient) -> None:
    patient.course("nivolumab", -400, -60)
    for item in (SYSTEMIC, WASHOUT, IMMUNE, OUTSIDE):
        patient.answer(item, ago=25)


@SHELF.patient(
    "dacarbazine",
    "Dacarbazine for metastases",
    "Chemotherapy was given, which nothing can undo.",
    ineligible(fails(CHEMO, "none"), fails(SYSTEMIC, "none"), conflicting=(CHEMO, SYSTEMIC)),
)
def dacarbazine(patient: Patient) -> None:
    patient.course("dacarbazine", -320, -260, intent="palliative", route="intravenous")


@SHELF.patient(
    "limb-perfusion",
    "Isolated limb perfusion",
    "Regional chemotherapy is chemotherapy.",
    ineligible(fails(CHEMO, "none")),
)
def limb_perfusion(patient: Patient) -> None:
    patient.procedure("limb perfusion", -410, intent="adjuvant")


@SHELF.patient(
    "history-of-chemotherapy",
    "A history of chemotherapy by code",
    "Which drug and when is not said; that it was given is.",
    ineligible(fails(CHEMO, "none")),
    sex="female",
)
def history_of_chemotherapy(patient: Patient) -> None:
    patient.condition("history of chemotherapy", onset=None, status=None)


@SHELF.patient(
    "temozolomide-order-open",
    "An old order for temozolomide",
    "Nobody knows whether it was ever given.",
    undetermined(unknown(CHEMO, "provisional"), unknown(SYSTEMIC), unknown(RECENT)),
)
def temozolomide_order_open(patient: Patient) -> None:
    patient.order("temozolomide", -800, status="unknown", route="oral")
    patient.unanswered(CHEMO, SYSTEMIC, RECENT)


@SHELF.patient(
    "temozolomide-never-given",
    "An old order for temozolomide, clarified",
    "Never dispensed, says the answer of 25 days ago; it has to be renewed in four days.",
    eligible(*(expires(item, 4) for item in (CHEMO, SYSTEMIC, RECENT))),
)
def temozolomide_never_given(patient: Patient) -> None:
    patient.order("temozolomide", -800, status="on-hold", route="oral")
    for item in (CHEMO, SYSTEMIC, RECENT):
        patient.answer(item, ago=25)


@SHELF.patient(
    "temozolomide-drafted",
    "Temozolomide drafted, never ordered",
    "A draft is set aside and shown greyed.",
    eligible(holds(CHEMO, "attestation"), aside=1),
)
def temozolomide_drafted(patient: Patient) -> None:
    patient.order("temozolomide", -30, status="draft", route="oral")


@SHELF.patient(
    "dabrafenib-stopped",
    "Adjuvant dabrafenib stopped 20 days ago",
    "More than four weeks are asked for: the 29th day is the first.",
    not_yet(waits(RECENT, 9), earliest=9, windows=((9, 11),)),
)
def dabrafenib_stopped(patient: Patient) -> None:
    patient.course("dabrafenib", -380, -20, status="stopped", intent="adjuvant", route="oral")


@SHELF.patient(
    "in-another-study",
    "Taking part in another drug study",
    "On intervention, with no end.",
    ineligible(fails(RECENT)),
)
def in_another_study(patient: Patient) -> None:
    _study(patient, "NCT09990001", status="on-study-intervention", period=patient.span(-100, None))


@SHELF.patient(
    "left-another-study",
    "Left another study ten days ago",
    "Was it a drug study? Somebody has to look.",
    undetermined(unknown(RECENT, "needs-judgement")),
)
def left_another_study(patient: Patient) -> None:
    _study(patient, "NCT09990002", status="off-study", period=patient.span(-200, -10))
    patient.unanswered(RECENT)


@SHELF.patient(
    "already-in-this-trial",
    "On the list of this very trial",
    "Participation in the trial that is being screened for does not count.",
    eligible(holds(RECENT, "attestation")),
)
def already_in_this_trial(patient: Patient) -> None:
    _study(patient, "nct00514085", status="on-study-intervention", period=patient.span(-3, None))


@SHELF.patient(
    "drug-by-number-only",
    "A drug under its Canadian number only",
    "Not understood, so listed; whoever confirms that nothing was given is shown it.",
    eligible(
        holds(SYSTEMIC, "absence"),
        confirm=(SYSTEMIC, CHEMO),
        unrecognised=("02999999",),
    ),
)
def drug_by_number_only(patient: Patient) -> None:
    patient.course("study drug by DIN", -90, -60)
    patient.unanswered(SYSTEMIC, CHEMO)


def _study(patient: Patient, number: str, *, status: str, period: object) -> None:
    registry = {"system": "http://clinicaltrials.gov", "value": number}
    patient.put(
        "ResearchStudy",
        "study",
        status="active",
        identifier=[registry],
        title="Another invented study",
        category=[concept(text="Interventional")],
    )
    patient.put(
        "ResearchSubject",
        "participation",
        status=status,
        period=period,
        study=patient.reference("study"),
        individual=patient.subject,
    )
