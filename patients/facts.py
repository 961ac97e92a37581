"""What is known of one patient: the facts that every way of intake produces and the rules read.

A fact is *what a source reported, understood through the dictionary*: its class, its days, its amount - never a
verdict. Facts are frozen and plain Python; nothing here knows Django, a trial or today's date. What days
and amounts are is in `patients.values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from patients.values import Amount, Days, Ended, Unreadable, Value


@dataclass(frozen=True, slots=True)
class Person:
    ref: str
    birth: Days | None = None
    sex: Literal["female", "male"] | None = None
    """Sex at birth where recorded, else administrative gender; None when neither says female or male for certain."""
    sex_note: Literal["recorded", "contradictory", "unknown", "other", "missing"] = "missing"
    deceased: Days | None = None
    """None: not recorded as deceased. A bare ``deceasedBoolean: true`` is a span open to the past."""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    own: date | None = None
    """Latest own date: that of death, when recorded."""


@dataclass(frozen=True, slots=True)
class Condition:
    ref: str
    label: str
    code: str
    classes: frozenset[str]
    """Condition classes of the dictionary (``cutaneous-melanoma``, ``infection``, ...)."""
    provisional: bool = False
    """Verification unconfirmed, provisional, differential or not one of FHIR's; R75-like inconclusive codes too."""
    clinical: str | None = None
    """active, recurrence, relapse, inactive, remission, resolved; None when missing or not one of FHIR's."""
    onset: Days | None = None
    """None: begun, day unknown."""
    abated: Days | None = None
    """None: no abatement recorded. Ended on an unknown day: a span up to the day of receipt."""
    sites: frozenset[str] = frozenset()
    """Body site classes (``brain``)."""
    morphologies: frozenset[str] = frozenset()
    """``melanoma-invasive`` (behaviour /3), ``melanoma-in-situ`` (/2), from the histology extension."""
    own: date | None = None
    """Latest own date, its last possible day; None when the record carries none."""
    over_by: date | None = None
    """Of one that is over by its status, without an abatement: the day of receipt, on which it had ended."""


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """One range printed beside a result. `excluded`: its type, population or age unit is not one that counts here."""

    high: Amount | None
    low: Amount | None = None
    sex: Literal["female", "male"] | None = None
    age_low: Decimal | None = None
    age_high: Decimal | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A laboratory result, score, status or test, of one analyte."""

    ref: str
    label: str
    code: str
    analyte: str
    status: str
    """A FHIR observation status, as sent, never entered-in-error."""
    value: Value | None
    """None: absent (``dataAbsentReason``, or no value at all)."""
    collected: Days | None = None
    issued: datetime | None = None
    ranges: tuple[ReferenceRange, ...] = ()
    laboratories: tuple[str, ...] = ()
    """Display and reference of every performer, case-folded, white space collapsed."""
    laboratory: str = ""
    """The performing laboratory as reported, for display."""
    own: date | None = None

    @property
    def counts(self) -> bool:
        return self.status in ("final", "amended", "corrected")


Method = Literal["x-ray", "physical-exam", "ct-spiral", "ct-non-spiral", "ct-unspecified", "other"]


@dataclass(frozen=True, slots=True)
class Lesion:
    """One measurement of one tumour's longest dimension (canonical unit: mm)."""

    ref: str
    label: str
    code: str
    size: Amount | Unreadable | None
    counts: bool
    """Status final, amended or corrected."""
    collected: Days | None = None
    issued: datetime | None = None
    method: Method | None = None
    method_text: str = ""
    focus: str | None = None
    """The body structure that identifies the lesion, resolved to ``Type/id`` where it is in the bundle."""
    site: str | None = None
    """First body site coding as ``system|code`` (or the text), to tell lesions without a focus apart."""
    in_brain: bool = False
    removed: bool = False
    """A measured specimen: tumour no longer in the body."""
    own: date | None = None


@dataclass(frozen=True, slots=True)
class Histology:
    """A morphology from a histology observation, or a pathology report with a coded conclusion."""

    ref: str
    label: str
    code: str
    invasive: bool
    """Melanoma with behaviour /3, or a report's conclusion coded cutaneous melanoma."""
    dated: Days | None = None
    own: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A course of a drug (or of a drug treatment recorded as a procedure or condition code)."""

    ref: str
    label: str
    code: str
    classes: frozenset[str]
    """``immunotherapy``, ``chemotherapy``, ``targeted``, ``corticosteroid``, ``chemotherapy-history``."""
    intent: Literal["adjuvant", "neoadjuvant", "palliative"] | None = None
    """None: not stated (curative included)."""
    exposure: Literal["systemic", "topical", "undetermined"] | None = None
    """Of a corticosteroid only: where it acts, by route, else by product."""
    start: Days | None = None
    """None: begun, day unknown and without consequence (an ongoing course)."""
    end: Days | None = None
    """None exactly when `ended` is ``ongoing``. Planned ends may lie ahead."""
    ended: Ended = "known"
    """``unknown``: finished, no end date - `end` is the span it can lie in, and the course is not concurrent."""
    uncertain: bool = False
    own: date | None = None
    not_before: Days | None = None
    """Of a condition code that stands for the treatment: its onset. On a day before it the record has not begun."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Surgery, radiotherapy or sterilisation: a procedure, or a code that stands for one."""

    ref: str
    label: str
    code: str
    classes: frozenset[str]
    """``major-surgery``, ``surgery-extent-unknown``, ``minor-surgery``, ``radiotherapy``, ``hysterectomy``, ..."""
    start: Days | None = None
    end: Days | None = None
    ended: Ended = "known"
    uncertain: bool = False
    completed: bool = True
    own: date | None = None
    not_before: Days | None = None
    """Of a condition code that stands for the treatment: its onset. On a day before it the record has not begun."""


@dataclass(frozen=True, slots=True)
class Specimen:
    ref: str
    label: str
    kind: Literal["ffpe", "other"]
    status: str | None
    own: date | None = None


@dataclass(frozen=True, slots=True)
class Participation:
    """A patient's part in a research study. Pre-study statuses are not kept as facts."""

    ref: str
    label: str
    status: str
    on_intervention: bool
    start: Days | None
    end: Days | None
    """A planned end may lie ahead; None: none recorded."""
    studies: frozenset[str]
    """Upper-cased identifiers under which the study is referred to."""
    own: date | None = None
    over_by: date | None = None
    """Of one that is over by its status, without an end: the day of receipt, on which it had ended."""


class Notice(NamedTuple):
    """A record, or a code of one, that is kept and shown but decides nothing."""

    kind: Literal["unrecognised", "not-used", "set-aside", "unread", "remark"]
    """``remark``: the record is used, with a reservation (a time of day without its time zone)."""
    about: str
    """condition, drug, procedure, observation, specimen, study, other."""
    type: str
    id: str
    system: str
    code: str
    text: str
    reason: str = ""
    """Code of the reason, from the closed list in `patients.intake.problems`."""
    detail: str = ""
    """A sentence for people."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one patient, as received on one day."""

    person: Person
    received_on: date
    conditions: tuple[Condition, ...] = ()
    results: tuple[Result, ...] = ()
    lesions: tuple[Lesion, ...] = ()
    histologies: tuple[Histology, ...] = ()
    courses: tuple[Course, ...] = ()
    operations: tuple[Operation, ...] = ()
    specimens: tuple[Specimen, ...] = ()
    participations: tuple[Participation, ...] = ()
    notices: tuple[Notice, ...] = ()
    dictionary: str = ""
    """Version of the code dictionary that read them."""


@dataclass(frozen=True, slots=True)
class Account:
    """What became of every resource of a bundle: the numbers add up to `received`."""

    received: int
    by_outcome: Mapping[str, int] = field(default_factory=dict)
    """``used``, ``not-used``, ``unrecognised``, ``set-aside``, ``unread``, ``superseded``, ``supporting``."""


@dataclass(frozen=True, slots=True)
class Intake:
    """The answer of every intake: the facts, and the account of what was received."""

    facts: Facts
    account: Account
