"""The forms around a screening: the acts, notes, candidates, giving screenings to somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.refusals.clinic import Clinic
from tests.refusals.form import Form, Typed
from tests.refusals.kinds import (
    CHOICE_FIELD,
    DAY_FIELD,
    PASSWORD_FIELD,
    REQUIRED,
    STALE,
    TAKEN,
    TEN_THOUSAND,
    VERSION_FIELD,
    Field,
    text,
)
from tests.workflow.staffed import PASSWORD

VERSION = Field(
    VERSION_FIELD,
    STALE,
    {"one that is past": ("0", "Somebody else has changed this screening since")},
    status={"one that is past": 409},
)
RECORD = Field(VERSION_FIELD, STALE)
CARRIED = {"version": VERSION, "record": RECORD}
NOTE = text(2_000)
ABSENT = "00000000-0000-4000-8000-000000000000"


def _at(state: str, act: str) -> Callable[[Clinic], str]:
    return lambda clinic: f"/screenings/{clinic.held[state].pk}/{act}/"


def _act(
    act: str,
    title: str,
    state: str,
    by: str,
    fields: Mapping[str, Field] | None = None,
    typed: Callable[[Clinic], Typed] = lambda clinic: {},
) -> Form:
    at = _at(state, act)
    return Form(
        title,
        "screening-act",
        by,
        at,
        at,
        typed,
        {**CARRIED, **(fields or {})},
        empty=STALE,
        others=("monitor", "administrator"),
    )


WHY_NOT = "Say why you decline to sign."
WHY_AGAIN = "Say why the patient is screened again."
NO_CONSENT = "Nobody is registered without consent: its version and its day."
ACTS = (
    _act("start", "Start screening", "candidate", "coordinator"),
    _act("confirm", "Confirm findings", "in_screening", "coordinator"),
    _act(
        "sign",
        "Sign eligibility",
        "confirmed",
        "investigator",
        {
            "password": Field(
                PASSWORD_FIELD,
                "Type your password to sign.",
                {
                    **{
                        name: (typed, "That is not your password: nothing was signed.")
                        for name, (typed, said) in PASSWORD_FIELD.tries.items()
                        if not said
                    },
                    "blanks only": ("  \t ", "That is not your password: nothing was signed."),
                    TEN_THOUSAND: ("p" * 10_000, "Ensure this value has at most 200 characters"),
                },
            )
        },
        lambda clinic: {"password": PASSWORD},
    ),
    _act(
        "decline",
        "Decline to sign",
        "confirmed",
        "investigator",
        {"note": Field(NOTE, WHY_NOT, {"points alone": ("...", WHY_NOT)})},
        lambda clinic: {"note": "ECOG is not what I saw"},
    ),
    _act(
        "register",
        "Register",
        "signed",
        "coordinator",
        {
            "part": Field(CHOICE_FIELD, "The trial has no such part."),
            "consent_version": Field(text(60), NO_CONSENT),
            "consent_on": Field(
                DAY_FIELD,
                NO_CONSENT,
                {
                    name: (typed, "Not a day. Write 2026-11-25 or 25 Nov 2026.")
                    for name, (typed, _said) in DAY_FIELD.tries.items()
                }
                | {"a day ahead": ("2199-01-01", "The day of consent lies in the future.")},
            ),
        },
        lambda clinic: {
            "part": "A",
            "consent_version": "3.0",
            "consent_on": clinic.today.isoformat(),
        },
    ),
    _act(
        "close",
        "Close screening",
        "candidate",
        "coordinator",
        {
            "way": Field(
                CHOICE_FIELD,
                "Choose one of the listed reasons.",
                {
                    "a reason of another state": ("lost/failed-criteria", "Select a valid choice."),
                    "that nothing failed": (
                        "ineligible/failed-criteria",
                        "No criterion fails",
                    ),
                },
            ),
            "note": Field(NOTE, TAKEN),
        },
        lambda clinic: {"way": "lost/moved", "note": "Left no address"},
    ),
    _act(
        "rescreen",
        "Screen again",
        "closed",
        "coordinator",
        {"note": Field(NOTE, WHY_AGAIN, {"points alone": (" . ", WHY_AGAIN)})},
        lambda clinic: {"note": "Clumped platelets"},
    ),
)
DEVIATIONS = (
    Form(
        "Record a deviation",
        "deviation",
        "coordinator",
        _at("candidate", "deviation"),
        _at("candidate", "deviation"),
        lambda clinic: {
            "text": "The scan was read a day late",
            "occurred_on": clinic.today.isoformat(),
        },
        {
            "version": VERSION,
            "text": Field(NOTE, "Say in words what was not as the protocol asks."),
            "criterion": Field(
                CHOICE_FIELD,
                TAKEN,
                {
                    name: (typed, "Choose a criterion of the protocol, or none.")
                    for name, (typed, _said) in CHOICE_FIELD.tries.items()
                },
            ),
            "occurred_on": Field(DAY_FIELD, "Say on which day it happened."),
        },
        empty=STALE,
        others=("monitor", "administrator"),
    ),
)
RETESTS = (
    Form(
        "Say why a result was repeated",
        "retests",
        "coordinator",
        _at("repeated", "retests"),
        _at("repeated", "retests"),
        lambda clinic: {"reason": "other", "text": "Clumped platelets"},
        {
            "version": VERSION,
            "reason": Field(
                CHOICE_FIELD,
                "Choose one of the listed reasons.",
                {
                    name: (typed, "Choose one of the listed reasons.")
                    for name, (typed, _said) in CHOICE_FIELD.tries.items()
                },
            ),
            "text": Field(NOTE, "Say in words why it was repeated."),
        },
        carried=("criterion",),
        empty=STALE,
        others=("monitor", "administrator"),
    ),
)
_notes = _at("candidate", "notes")
_SAYS = Field(text(4_000), "Write what the note says.")
_FOR = Field(CHOICE_FIELD, TAKEN)
NOTES = (
    Form(
        "Write a note",
        "screening-notes",
        "coordinator",
        lambda clinic: f"{_notes(clinic)}?criterion=platelets",
        _notes,
        lambda clinic: {"text": "Which laboratory?"},
        {"text": _SAYS, "assignee": _FOR},
        carried=("criterion",),
        empty="Write what the note says.",
        others=("monitor", "administrator"),
    ),
    Form(
        "Answer a note",
        "note-answer",
        "coordinator",
        lambda clinic: f"{_notes(clinic)}?criterion=platelets",
        lambda clinic: f"{_notes(clinic)}{clinic.note.pk}/answers/",
        lambda clinic: {"text": "The second one"},
        {"text": _SAYS, "assignee": _FOR},
        empty="Write what the note says.",
        others=("monitor", "administrator"),
    ),
    Form(
        "Close a note",
        "note-close",
        "coordinator",
        lambda clinic: f"{_notes(clinic)}?criterion=platelets",
        lambda clinic: f"{_notes(clinic)}{clinic.note.pk}/close/",
        others=("monitor", "administrator"),
    ),
)
_NOBODY = "Choose whom to give them to."
_NO_ROW = "Choose at least one screening first."
WORKLIST = (
    Form(
        "Add a candidate by hand",
        "add-candidate",
        "coordinator",
        lambda clinic: f"/patients/{clinic.known.pk}/",
        lambda clinic: f"/patients/{clinic.known.pk}/screen/",
        others=("monitor", "administrator"),
    ),
    Form(
        "Give screenings to somebody",
        "worklist-assign",
        "coordinator",
        lambda clinic: "/worklist/",
        lambda clinic: "/worklist/assign/",
        lambda clinic: {"screening": [str(clinic.held["candidate"].pk)], "to": "me"},
        {
            "screening": Field(
                CHOICE_FIELD,
                _NO_ROW,
                {
                    **{name: (typed, _NO_ROW) for name, (typed, _s) in CHOICE_FIELD.tries.items()},
                    "one that is not there": (
                        ABSENT,
                        "None of these is open any more: nothing was changed.",
                    ),
                },
            ),
            "to": Field(
                CHOICE_FIELD,
                _NOBODY,
                {
                    **{name: (typed, _NOBODY) for name, (typed, _s) in CHOICE_FIELD.tries.items()},
                    "a number that is nobody's": (
                        "999999999",
                        "There is no such person here.",
                    ),
                },
            ),
        },
        carried=("back",),
        refused=302,
        empty=_NO_ROW,
        others=("monitor", "administrator"),
        absent=False,
    ),
    Form(
        "Take giving back",
        "worklist-undo",
        "coordinator",
        lambda clinic: "/worklist/",
        lambda clinic: "/worklist/undo/",
        lambda clinic: {"undo": clinic.undo},
        fields={
            "undo": Field(
                CHOICE_FIELD,
                "This can no longer be undone: give them to somebody anew.",
                {
                    name: (typed, "This can no longer be undone: give them to somebody anew.")
                    for name, (typed, _said) in CHOICE_FIELD.tries.items()
                },
            )
        },
        refused=302,
        empty="This can no longer be undone: give them to somebody anew.",
        others=("monitor", "administrator"),
        absent=False,
    ),
)
__all__ = ["ABSENT", "ACTS", "DEVIATIONS", "NOTES", "REQUIRED", "RETESTS", "WORKLIST"]
