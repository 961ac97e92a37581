"""Kinds of field: what is tried in each, and what is said of it. One table for every form that has such a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TAKEN = ""
"""The try is no fault: what was typed is taken as it is, and shown as text."""
SURROGATE = "a\udc80\udcffz"
"""Half a character and a byte that is none: sent as those bytes."""
LONG = "long " * 2_000
NUL_SAID = "Null characters are not allowed."
CHOICE = "Select a valid choice."
DAY = "Write the day as 2026-11-25 or 25 Nov 2026."
PARTIAL = "Write a day (2026-03-14 or 14 Mar 2026), a month (2026-03) or a year (2026)."
NUMBER = "Write a number such as 1.5, with a point, at most 12 digits."
COMMA = "Write the number with a point (1.5) and without separators (1500)."
WHOLE = "Enter a whole number in digits, without separators."
REQUIRED = "This field is required."
STALE = "Open this page again."


@dataclass(frozen=True)
class Kind:
    """A kind of field, and its tries: what each is called, what is typed, what is said."""

    name: str
    tries: Mapping[str, tuple[str, str]]
    keeps: bool = True
    """Whether what was typed stands in the field again: not in a choice of what there is, and never a password."""


@dataclass(frozen=True)
class Field:
    """A field of a form. `required`: what is said where it is empty; `TAKEN` where it may be."""

    kind: Kind
    required: str = REQUIRED
    also: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)
    """Tries of this field alone, or the answers to tries of its kind that differ here."""
    status: Mapping[str, int] = field(default_factory=dict)
    """Where a refusal is another than that of the form."""

    def tries(self) -> dict[str, tuple[str | None, str]]:
        """Every try: what is typed (None: the field is missing) and what is said of it."""
        blank = {"missing": (None, self.required), "empty": ("", self.required)}
        blanks = {"blanks only": ("  \t ", self.required)}
        return {**blank, **blanks, **self.kind.tries, **self.also}


_MARKUP = "<script>alert(1)</script>"
_SQL = "x'); DROP TABLE patients_patient; --"
_FORMULA = "=cmd|' /C calc'!A0"
_EMOJI = "🧪 e\u0301\u0327\u0308 \u202eabc"
_SAID = {
    "markup": _MARKUP,
    "SQL": _SQL,
    "a formula": _FORMULA,
    "emoji, combining and reversing characters": _EMOJI,
    "bytes that are no text": SURROGATE,
}
NUL = "a NUL character"
TEN_THOUSAND = "10,000 characters"


def text(longest: int, name: str = "") -> Kind:
    """Free text: everything is taken as it was typed, but for its length and characters that cannot be stored."""

    def said(typed: str) -> str:
        if len(typed) <= longest:
            return TAKEN
        return f"Ensure this value has at most {longest} characters (it has {len(typed)})."

    tries = {**_SAID, TEN_THOUSAND: "long " * 1_999 + "longx"}
    answers = {label: (typed, said(typed)) for label, typed in tries.items()}
    return Kind(
        name or f"text of at most {longest} characters", {**answers, NUL: ("a\x00b", NUL_SAID)}
    )


def worded(longest: int, sentence: str, name: str, **others: str) -> Kind:
    """A text that has a form of its own: what is no such text is answered by one sentence, but for `others`."""
    tries = text(longest).tries.items()
    return Kind(
        name,
        {label: (typed, said or others.get(label, sentence)) for label, (typed, said) in tries},
    )


def _all(said: str, **typed: str) -> dict[str, tuple[str, str]]:
    return {name.replace("_", " "): (one, said) for name, one in typed.items()}


_ODD = {label: typed for label, typed in _SAID.items() if label != "SQL"}
_NO_DAY = {
    "a word": "soon",
    "a day that is none (31 Feb)": "2026-02-31",
    "month 13": "2026-13-01",
    "the year 0000": "0000-01-01",
    "the year 0001": "0001-01-01",
    "the year 9999": "9999-12-31",
    "another order (25/11/2026)": "25/11/2026",
    "digits of another script": "２０２６-11-25",
    "1e400": "1e400",
    NUL: "2026-11-\x00",
    TEN_THOUSAND: "9" * 10_000,
    **_ODD,
}
_NOT_WHOLE = {
    "a month alone (2026-11)": "2026-11",
    "a time of day too": "2026-11-25T10:00",
}
DAY_FIELD = Kind("day", {name: (one, DAY) for name, one in {**_NO_DAY, **_NOT_WHOLE}.items()})
PARTIAL_FIELD = Kind(
    "day, month or year",
    {
        **{name: (one, PARTIAL) for name, one in _NO_DAY.items()},
        NUL: ("2026\x00", NUL_SAID),
        TEN_THOUSAND: ("9" * 10_000, "Ensure this value has at most 40 characters (it has 10000)."),
    },
)
_NO_NUMBER = {
    "1e400": "1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-0": "-0",
    "-1": "-1",
    "0x10": "0x10",
    "1_000": "1_000",
    "digits of another script": "７２",
    "two numbers": "1 2",
    **_ODD,
}
NUMBER_FIELD = Kind(
    "exact number",
    {
        **{name: (one, NUMBER) for name, one in _NO_NUMBER.items()},
        "a comma (72,5)": ("72,5", COMMA),
        "a separator (1,500)": ("1,500", COMMA),
        NUL: ("7\x00", NUL_SAID),
        TEN_THOUSAND: ("9" * 10_000, "Ensure this value has at most 40 characters (it has 10000)."),
    },
)
WHOLE_FIELD = Kind(
    "whole number",
    {
        **{name: (one, WHOLE) for name, one in _NO_NUMBER.items()},
        "a comma (72,5)": ("72,5", WHOLE),
        "a fraction (1.5)": ("1.5", WHOLE),
        "a separator (1,500)": ("1,500", WHOLE),
        NUL: ("7\x00", WHOLE),
        TEN_THOUSAND: ("9" * 10_000, WHOLE),
        "-1": ("-1", "Ensure this value is greater than or equal to 0."),
        "more than there can be": ("100001", "Ensure this value is less than or equal to 100000."),
    },
)
CHOICE_FIELD = Kind(
    "choice",
    {
        "blanks only": ("  \t ", CHOICE),
        "what is not offered": ("furlongs", CHOICE),
        "a number that is nobody's": ("999999999", CHOICE),
        "another letter case or blanks around": (" X ", CHOICE),
        NUL: ("\x00", CHOICE),
        TEN_THOUSAND: (LONG, CHOICE),
        **{name: (one, CHOICE) for name, one in _SAID.items()},
    },
    keeps=False,
)
"""A choice of what there is: what is not offered cannot stand in it again, all else on the page is kept."""
PASSWORD_FIELD = Kind(
    "password",
    {
        "another password": ("a guess", ""),
        NUL: ("a\x00", NUL_SAID),
        **{name: (one, "") for name, one in _SAID.items()},
    },
    keeps=False,
)
VERSION_FIELD = Kind(
    "version that the page carried",
    {
        "a word": ("x", STALE),
        "-1": ("-1", STALE),
        "a fraction (1.5)": ("1.5", STALE),
        NUL: ("\x00", STALE),
        TEN_THOUSAND: ("9" * 10_000, STALE),
    },
    keeps=False,
)
"""The page carries it by itself: after a refusal it carries what there is now."""
