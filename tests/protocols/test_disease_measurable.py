"""DISEASE CHARACTERISTICS, bullet 2: at least one measurable site of disease.

Of each lesion the last measurement of the last 28 days counts. Without a reference to the lesion,
measurements of different days may be one lesion or several: both readings must agree.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import attested, lesion, specimen
from tests.factories.results import METHODS
from tests.protocols.verdicts import (
    Case,
    about,
    each,
    judge,
    met,
    not_met,
    refused_by_a_person,
    unknown,
)

measurable = about("measurable-disease")

LIVER, LUNG = "10200004", "39607008"
SPIRAL = {"policy": {"ct_is_spiral": True}}
AT_LEAST_TWENTY = [name for name in METHODS if name.startswith(("x-ray", "plain", "exam", "non"))]
NOT_LISTED = ["mri", "ultrasound", "pet", "imaging", "a ruler, in words only", None]


def seen(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("measurable-disease", answer, on=on)


BY_METHOD = [
    *(
        row
        for by in AT_LEAST_TWENTY
        for row in (
            measurable(f"20 mm by {by}", met(), lesion("20", by=by)),
            measurable(f"19.9 mm by {by}", not_met(), lesion("19.9", by=by)),
        )
    ),
    *(
        row
        for by in ("spiral ct", "helical ct")
        for row in (
            measurable(f"10 mm by {by}", met(), lesion("10", by=by)),
            measurable(f"9.9 mm by {by}", not_met(), lesion("9.9", by=by)),
        )
    ),
    measurable("20 mm by a CT that does not say which", met(), lesion("20")),
    measurable("19.9 mm by such a CT", unknown("method-not-stated"), lesion("19.9")),
    measurable("10 mm by such a CT", unknown("method-not-stated"), lesion("10")),
    measurable("9.9 mm by such a CT", not_met(), lesion("9.9")),
    measurable("10 mm where every CT is spiral", met(), lesion("10"), **SPIRAL),
    measurable("9.9 mm where every CT is spiral", not_met(), lesion("9.9"), **SPIRAL),
    measurable(
        "15 mm by a CT that says non-spiral, where every CT is spiral",
        not_met(),
        lesion("15", by="non-spiral ct"),
        **SPIRAL,
    ),
    *(
        row
        for by in NOT_LISTED
        for row in (
            measurable(f"30 mm by {by}", unknown("method-not-stated"), lesion("30", by=by)),
            measurable(f"9.9 mm by {by}", not_met(), lesion("9.9", by=by)),
        )
    ),
]

OF_ONE_LESION = [
    measurable("2.0 cm is 20 mm", met(), lesion("2.0", "cm", by="x-ray")),
    measurable("1.99 cm is not", not_met(), lesion("1.99", "cm", by="x-ray")),
    measurable("the longest dimension by itself", met(), lesion("24", alone=True)),
    measurable("a size in inches", unknown("unit"), lesion("2", "[in_i]", by="x-ray")),
    measurable("a size without unit", unknown("unit"), lesion("24", None, by="x-ray")),
    measurable("501 mm is no lesion", unknown("implausible"), lesion("501", by="x-ray")),
    measurable("500 mm may be one", met(), lesion("500", by="x-ray")),
    measurable("a lesion that is gone: 0 mm", not_met(), lesion("0", by="x-ray")),
    measurable("more than 20 mm", met(), lesion(">20", by="x-ray")),
    measurable("at least 20 mm", met(), lesion(">=20", by="x-ray")),
    measurable("more than 15 mm", unknown("comparator"), lesion(">15", by="x-ray")),
    measurable("less than 20 mm", not_met(), lesion("<20", by="x-ray")),
    measurable("at most 20 mm", unknown("comparator"), lesion("<=20", by="x-ray")),
    measurable("measured 28 days ago", met(), lesion("24", on="2026-10-28")),
    measurable("measured 29 days ago", unknown("too-old"), lesion("24", on="2026-10-27")),
    measurable("measured today", met(changes_on="2026-12-24"), lesion("24", on="2026-11-25")),
    measurable("measured after the day", unknown("missing"), lesion("24", on="2026-11-26")),
    measurable("measured on no known day", unknown("missing"), lesion("24", on=None)),
    measurable("measured this month", met(), lesion("24", on="2026-11")),
    measurable("measured some day in October", unknown("partial-date"), lesion("24", on="2026-10")),
    measurable("measured in September", unknown("too-old"), lesion("24", on="2026-09")),
    measurable("measured this year", unknown("partial-date"), lesion("24", on="2026")),
    measurable("nothing measured", unknown("missing", kind="imaging")),
    measurable(
        "a removed tumour",
        unknown("missing"),
        lesion("24", specimen={"reference": "Specimen/s"}),
        specimen() | {"id": "s"},
    ),
    *each(
        "measurable-disease",
        "a {} measurement is no measurement",
        unknown("missing"),
        [
            (status, lesion("24", status=status))
            for status in ("preliminary", "registered", "cancelled", "entered-in-error", "unknown")
        ],
    ),
    measurable("an amended measurement", met(), lesion("24", status="amended")),
    measurable("a policy of 14 days", unknown("too-old"), lesion("24"), policy={"imaging": 14}),
    measurable(
        "... and day 14 itself", met(), lesion("24", on="2026-11-11"), policy={"imaging": 14}
    ),
]

OF_SEVERAL = [
    measurable("one large enough, one too small", met(), lesion("24"), lesion("5")),
    measurable("one large enough, one unclear", met(), lesion("24"), lesion("30", by="mri")),
    measurable(
        "one too small, one unclear",
        unknown("method-not-stated"),
        lesion("5"),
        lesion("30", by="mri"),
    ),
    measurable("both too small", not_met(), lesion("5"), lesion("9")),
    measurable(
        "the same lesion has shrunk",
        not_met(),
        lesion("24", by="x-ray", on="2026-11-01", focus="a"),
        lesion("15", by="x-ray", on="2026-11-20", focus="a"),
    ),
    measurable(
        "the same lesion has grown",
        met(),
        lesion("15", by="x-ray", on="2026-11-01", focus="a"),
        lesion("24", by="x-ray", on="2026-11-20", focus="a"),
    ),
    measurable(
        "another lesion is smaller",
        met(),
        lesion("24", by="x-ray", on="2026-11-01", focus="a"),
        lesion("15", by="x-ray", on="2026-11-20", focus="b"),
    ),
    measurable(
        "two days, no site: one lesion or two",
        unknown("conflicting"),
        lesion("24", by="x-ray", on="2026-11-01"),
        lesion("15", by="x-ray", on="2026-11-20"),
    ),
    measurable(
        "two days, one site: one lesion or two",
        unknown("conflicting"),
        lesion("24", by="x-ray", on="2026-11-01", site=LIVER),
        lesion("15", by="x-ray", on="2026-11-20", site=LIVER),
    ),
    measurable(
        "two days, two sites: two lesions",
        met(),
        lesion("24", by="x-ray", on="2026-11-01", site=LIVER),
        lesion("15", by="x-ray", on="2026-11-20", site=LUNG),
    ),
    measurable(
        "one day, one site: two lesions",
        met(),
        lesion("24", by="x-ray", site=LIVER),
        lesion("15", by="x-ray", site=LIVER),
    ),
    measurable(
        "two days that agree",
        met(),
        lesion("24", by="x-ray", on="2026-11-01"),
        lesion("22", by="x-ray", on="2026-11-20"),
    ),
]

ANSWERED = [
    measurable("seen by an investigator", met("attestation"), seen()),
    measurable("seen 28 days ago", met("attestation"), seen(on="2026-10-28")),
    measurable("seen 29 days ago", unknown("attestation-expired"), seen(on="2026-10-27")),
    measurable("seen, but measured too small", not_met(conflicts=True), lesion("5"), seen()),
    measurable(
        "not measurable, against a measurement",
        refused_by_a_person(),
        lesion("24"),
        seen("not_met"),
    ),
    measurable(
        "not measurable, said a year ago", refused_by_a_person(), seen("not_met", "2025-11-01")
    ),
    measurable("not applicable is no answer", unknown("missing"), seen("not_applicable")),
    measurable(
        "an MRI newer than the answer",
        unknown("newer-than-statement"),
        lesion("30", by="mri", on="2026-11-21"),
        seen(),
    ),
    measurable(
        "an MRI of that day", met("attestation"), lesion("30", by="mri", on="2026-11-20"), seen()
    ),
]


@pytest.mark.parametrize("case", [*BY_METHOD, *OF_ONE_LESION, *OF_SEVERAL, *ANSWERED], ids=str)
def test_measurable(case: Case) -> None:
    judge(case)
