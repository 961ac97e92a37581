"""Corticosteroids: by mouth, on the skin, by inhaler, and by a route nobody wrote down."""

from __future__ import annotations

from eligibility.demonstration.expectations import expires, fails, holds, spared, unknown, waits
from eligibility.demonstration.stories.shelf import (
    Shelf,
    eligible,
    ineligible,
    not_yet,
    undetermined,
)
from eligibility.demonstration.usual import Patient

SHELF = Shelf()
SYSTEMIC, TOPICAL = "no-systemic-corticosteroids", "topical-steroids-allowed"


@SHELF.patient(
    "prednisone",
    "Prednisone by mouth",
    "Active, with no end planned, against what was confirmed.",
    ineligible(fails(SYSTEMIC), spared(TOPICAL, "absence"), conflicting=(SYSTEMIC,)),
)
def prednisone(patient: Patient) -> None:
    patient.course("prednisone", -30, status="active", route="oral")


@SHELF.patient(
    "prednisone-tapering",
    "Prednisone being tapered",
    "The last tablet is planned in three days; the day after, nothing stands against him.",
    not_yet(waits(SYSTEMIC, 4), earliest=4, windows=((4, 11),)),
    sex="male",
)
def prednisone_tapering(patient: Patient) -> None:
    patient.order("prednisone", -10, start=-10, end=3, route="oral")


@SHELF.patient(
    "prednisone-until-yesterday",
    "Prednisone until yesterday",
    "The last day counts as concurrent, and that was yesterday.",
    eligible(holds(SYSTEMIC, "attestation")),
)
def prednisone_until_yesterday(patient: Patient) -> None:
    patient.course("prednisone", -20, -1, route="oral")


@SHELF.patient(
    "dexamethasone-somehow",
    "Dexamethasone, route not stated",
    "Tablets or eye drops?",
    undetermined(unknown(SYSTEMIC, "route-not-stated")),
    sex="female",
)
def dexamethasone_somehow(patient: Patient) -> None:
    patient.unanswered(SYSTEMIC).course("dexamethasone", -14, status="active")


@SHELF.patient(
    "hydrocortisone-enema",
    "Hydrocortisone enema, judged",
    "Rectal use is neither; the answer of 25 days ago settles it for four more days.",
    eligible(expires(SYSTEMIC, 4)),
    sex="female",
)
def hydrocortisone_enema(patient: Patient) -> None:
    patient.course("hydrocortisone enema", -60, status="active", route="rectal")
    patient.answer(SYSTEMIC, ago=25)


@SHELF.patient(
    "betamethasone-cream",
    "Betamethasone cream",
    "On the skin it is allowed.",
    eligible(holds(TOPICAL, "evidence"), holds(SYSTEMIC)),
)
def betamethasone_cream(patient: Patient) -> None:
    patient.course("betamethasone cream", -40, status="active", route="cutaneous")


@SHELF.patient(
    "budesonide-inhaler",
    "Budesonide by inhaler",
    "Inhaled counts as topical; the product alone says so.",
    eligible(holds(TOPICAL, "evidence"), holds(SYSTEMIC)),
    sex="female",
)
def budesonide_inhaler(patient: Patient) -> None:
    patient.course("budesonide inhaler", -300, status="active")


@SHELF.patient(
    "long-term-steroids",
    "Long-term steroids by code",
    "Which steroid, and still? The code alone does not decide.",
    undetermined(unknown(SYSTEMIC, "provisional")),
)
def long_term_steroids(patient: Patient) -> None:
    patient.unanswered(SYSTEMIC).condition("long-term steroids", onset=-200)
