"""The forms at a criterion, and the evaluation of a bundle that stores nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from tests.refusals.clinic import Clinic
from tests.refusals.form import Form, Typed
from tests.refusals.kinds import (
    CHOICE_FIELD,
    DAY_FIELD,
    NUMBER_FIELD,
    PARTIAL_FIELD,
    REQUIRED,
    TAKEN,
    Field,
    Kind,
    text,
)

_AGO = (1100, 470, 80)
"""Days of corrections. What is corrected is as old in the demonstration on every day, so that a day of the calendar
would one day be the one that is on record, and nothing to correct."""
NOTHING = "Nothing was changed."
CHOSEN = Field(CHOICE_FIELD)
CHOICE = Field(CHOICE_FIELD, TAKEN)
SIZE = Field(
    NUMBER_FIELD, REQUIRED, {"out of what is possible": ("900", "Outside of what is possible")}
)
MAYBE = Field(PARTIAL_FIELD, TAKEN)
TICK = Field(Kind("tick", {"another value": ("off", TAKEN)}), TAKEN)
_NO_END = "What still goes on has no end"
ONGOING = Field(
    Kind("tick beside an end", {}, keeps=False),
    TAKEN,
    {"blanks only": ("  ", _NO_END), "ticked": ("on", _NO_END), "another value": ("x", _NO_END)},
)
_AHEAD = {"a day ahead": ("2199-01-01", "This day lies ahead")}
DAY = Field(DAY_FIELD, REQUIRED, _AHEAD)
PAST = Field(PARTIAL_FIELD, REQUIRED, _AHEAD)
START = Field(PARTIAL_FIELD, TAKEN, _AHEAD)
REASON = Field(text(500))
LABORATORY = Field(text(200), TAKEN)
CODE = Field(Kind("code", {}), TAKEN, {"one that is none": ("??", "Leave the code empty")})
NO_CODE = "This is no code that is understood here"
OTHER_CODE = Field(
    Kind(
        "code of another",
        {name: (typed, said or NO_CODE) for name, (typed, said) in text(20).tries.items()},
    ),
    "Enter the code.",
)


def _statement(exclude: Mapping[str, Field] | None = None) -> dict[str, Field]:
    return {
        "answer": CHOSEN,
        "source": Field(text(250)),
        "source_dated": DAY,
        "stated_on": DAY,
        "note": Field(text(2_000), TAKEN),
        **(exclude or {}),
    }


def _known(criterion: str) -> Callable[[Clinic], str]:
    return lambda clinic: f"/patients/{clinic.known.pk}/criteria/{criterion}/"


def _recorded(criterion: str) -> Callable[[Clinic], str]:
    """At the patient whose record holds everything."""
    return lambda clinic: f"/patients/{clinic.held['candidate'].patient_id}/criteria/{criterion}/"


def _form(
    title: str,
    page: Callable[[Clinic], str],
    way: str,
    typed: Typed,
    fields: Mapping[str, Field],
    *,
    record: str = "",
    empty: str = REQUIRED,
    carried: tuple[str, ...] = (),
) -> Form:
    def filled(clinic: Clinic) -> Typed:
        days = {"TODAY": clinic.today.isoformat(), "FIRST": ""}
        if record == "" and way == "set-aside":
            days["FIRST"] = clinic.result
        if way == "count-again":
            days["FIRST"] = clinic.aside
        for ago in _AGO:
            days[f"TODAY-{ago}"] = (clinic.today - timedelta(days=ago)).isoformat()
        return {
            name: days.get(one, one) if isinstance(one, str) else one for name, one in typed.items()
        }

    def sent_to(clinic: Clinic) -> str:
        held = f"{clinic.key(page(clinic), record)}/" if record else ""
        return f"{page(clinic)}{way}/{held}"

    return Form(
        title,
        "enter-record" if record else "enter",
        "coordinator",
        page,
        sent_to,
        filled,
        fields,
        carried=("key", *carried),
        empty=empty,
        others=("monitor", "administrator"),
        done=200,
        way=way,
    )


ENTERING = (
    _form(
        "Enter a laboratory result",
        _recorded("creatinine"),
        "results",
        {
            "collected": "TODAY",
            "value-creatinine": "72",
            "unit-creatinine": "umol/L",
            "high-creatinine": "90",
        },
        {
            "collected": DAY,
            "laboratory": LABORATORY,
            "value-creatinine": Field(
                NUMBER_FIELD,
                "Enter the result too",
                {"in another unit (0.9)": ("0.9", "Outside of what is possible")},
            ),
            "unit-creatinine": Field(CHOICE_FIELD, "Choose the unit"),
            "high-creatinine": Field(
                NUMBER_FIELD, TAKEN, {"a sign too": ("<90", "Write the number alone")}
            ),
        },
    ),
    _form(
        "Enter an ECOG score",
        _known("ecog-0-2"),
        "score",
        {"score": "1", "collected": "TODAY"},
        {"score": CHOSEN, "collected": DAY},
    ),
    _form(
        "Enter a test result",
        _known("pregnancy-test-negative"),
        "test",
        {"test": "pregnancy-test|2106-3", "answer": "negative", "collected": "TODAY"},
        {"test": CHOSEN, "answer": CHOSEN, "collected": DAY, "laboratory": LABORATORY},
    ),
    _form(
        "Enter the size of a lesion",
        _known("measurable-disease"),
        "lesion",
        {"lesion": "liver", "size": "24", "unit": "mm", "collected": "TODAY"},
        {
            "which": CHOICE,
            "lesion": Field(text(100), "Give the lesion a name"),
            "size": SIZE,
            "unit": CHOSEN,
            "method": CHOICE,
            "collected": DAY,
            "site": Field(text(200), TAKEN),
            "brain": TICK,
        },
    ),
    _form(
        "Enter a diagnosis",
        _known("no-brain-metastases"),
        "condition",
        {"what": "icd-10|C79.3", "onset": "2026-01", "abated": "2026-02"},
        {
            "what": CHOSEN,
            "code": CODE,
            "text": Field(text(300), TAKEN),
            "clinical": CHOICE,
            "verification": CHOSEN,
            "onset": START,
            "abated": Field(
                PARTIAL_FIELD,
                TAKEN,
                {"before the start": ("2025", "The end lies before the start")},
            ),
        },
    ),
    _form(
        "Enter a histology",
        _known("histology-cutaneous-melanoma"),
        "histology",
        {"what": "8720/3", "collected": "TODAY"},
        {"what": CHOSEN, "code": CODE, "collected": DAY, "text": Field(text(300), TAKEN)},
    ),
    _form(
        "Enter tissue that is kept",
        _known("tumor-tissue-available"),
        "specimen",
        {"what": "snomed|441652008", "status": "available", "text": "S24"},
        {"what": CHOSEN, "status": CHOSEN, "text": Field(text(300))},
    ),
    _form(
        "Enter a drug",
        _known("no-systemic-corticosteroids"),
        "drug",
        {"what": "other", "code": "H02AB06", "start": "2020-01", "end": "2020-03"},
        {
            "what": CHOSEN,
            "code": OTHER_CODE,
            "route": CHOICE,
            "start": START,
            "end": MAYBE,
            "ongoing": ONGOING,
            "text": Field(text(300), TAKEN),
        },
    ),
    _form(
        "Enter an operation or radiotherapy",
        _known("major-surgery-washout"),
        "procedure",
        {"what": "snomed|80146002", "start": "2020-01", "end": "2020-03"},
        {
            "what": CHOSEN,
            "start": START,
            "end": Field(
                PARTIAL_FIELD,
                TAKEN,
                {"before the start": ("2019", "The end lies before the start")},
            ),
            "ongoing": ONGOING,
            "text": Field(text(300), TAKEN),
        },
    ),
    _form(
        "Enter a part in another study",
        _known("investigational-anticancer-washout"),
        "study",
        {"study": "NCT01234567", "status": "off-study", "start": "2020", "end": "2021"},
        {"study": Field(text(200)), "status": CHOSEN, "start": START, "end": MAYBE},
    ),
    _form(
        "Enter the date of birth",
        _known("age-18"),
        "birth",
        {"born": "1984-05-18", "reason": "identity card"},
        {"born": PAST, "reason": REASON},
    ),
    _form(
        "Answer a criterion",
        _known("within-2-hour-drive"),
        "statement",
        {
            "answer": "met",
            "source": "phone call",
            "source_dated": "TODAY",
            "stated_on": "TODAY",
        },
        _statement(),
        carried=("seen",),
    ),
    _form(
        "Set a record aside",
        _recorded("platelets"),
        "set-aside",
        {"record": "FIRST", "reason": "not-meant", "note": "Of another day"},
        {
            "record": CHOSEN,
            "reason": CHOSEN,
            "note": Field(text(2_000), "Say why the criterion does not mean this record"),
        },
    ),
    _form(
        "Let a record count again",
        lambda clinic: f"/patients/{clinic.held['closed'].patient_id}/criteria/granulocytes/",
        "count-again",
        {"record": "FIRST", "note": "It was the right sample"},
        {"record": CHOSEN, "note": Field(text(2_000))},
    ),
)
CORRECTING = (
    _form(
        "Correct a result",
        _recorded("platelets"),
        "correct",
        {"value": "150", "reason": "misread"},
        {
            "value": Field(NUMBER_FIELD),
            "unit": CHOICE,
            "high": Field(NUMBER_FIELD, TAKEN),
            "collected": PAST,
            "laboratory": LABORATORY,
            "reason": REASON,
        },
        record="labresult",
    ),
    _form(
        "Correct a score",
        _recorded("ecog-0-2"),
        "correct",
        {"score": "1", "reason": "misread"},
        {
            "score": Field(CHOICE_FIELD),
            "collected": PAST,
            "laboratory": LABORATORY,
            "reason": REASON,
        },
        record="observation",
    ),
    _form(
        "Correct the size of a lesion",
        _recorded("measurable-disease"),
        "correct",
        {"size": "24", "reason": "misread"},
        {
            "size": Field(NUMBER_FIELD),
            "unit": CHOICE,
            "method": CHOICE,
            "collected": PAST,
            "reason": REASON,
        },
        record="lesion",
    ),
    _form(
        "Correct a diagnosis",
        _recorded("histology-cutaneous-melanoma"),
        "correct",
        {"onset": "TODAY-1100", "reason": "misread"},
        {
            "clinical": CHOICE,
            "verification": CHOICE,
            "onset": START,
            "abated": MAYBE,
            "reason": REASON,
        },
        record="condition",
    ),
    _form(
        "Correct kept tissue",
        _recorded("tumor-tissue-available"),
        "correct",
        {"status": "unavailable", "reason": "misread"},
        {"status": Field(CHOICE_FIELD, TAKEN), "reason": REASON},
        record="specimen",
    ),
    _form(
        "Correct a treatment",
        _recorded("major-surgery-washout"),
        "correct",
        {"end": "TODAY-470", "reason": "misread"},
        {
            "start": START,
            "end": Field(
                PARTIAL_FIELD,
                TAKEN,
                {"before the start": ("2019", "The end lies before the start")},
            ),
            "ongoing": ONGOING,
            "reason": REASON,
        },
        record="priortherapy",
    ),
    _form(
        "Correct a course of a drug",
        lambda clinic: f"/patients/{clinic.treated.pk}/criteria/adjuvant-immunotherapy-washout/",
        "correct",
        {"end": "TODAY-80", "reason": "misread"},
        {
            "setting": CHOICE,
            "start": START,
            "end": Field(
                PARTIAL_FIELD,
                TAKEN,
                {"before the start": ("2019", "The end lies before the start")},
            ),
            "ongoing": ONGOING,
            "reason": REASON,
        },
        record="priortherapy",
    ),
)
