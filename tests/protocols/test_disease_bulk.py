"""DISEASE CHARACTERISTICS, bullet 3: the largest lesion is not bulky.

The question is asked of the same measurements as measurable disease; here a method that the text
does not list still shows that a lesion is small enough.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import attested, lesion
from tests.protocols.verdicts import Case, about, judge, met, not_met, refused_by_a_person, unknown

nonbulky = about("nonbulky-disease")

NOT_LISTED = ["mri", "ultrasound", "pet", "imaging", "a ruler, in words only", None]


def small(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("nonbulky-disease", answer, on=on)


BULK = [
    *(
        row
        for by in ("ct", "spiral ct", "non-spiral ct", "x-ray", "exam")
        for row in (
            nonbulky(f"50 mm by {by}", met(), lesion("50", by=by)),
            nonbulky(f"50.1 mm by {by}", not_met(), lesion("50.1", by=by)),
        )
    ),
    *(
        row
        for by in NOT_LISTED
        for row in (
            nonbulky(f"50 mm by {by}", met(), lesion("50", by=by)),
            nonbulky(f"60 mm by {by}", unknown("method-not-stated"), lesion("60", by=by)),
        )
    ),
    nonbulky("5.0 cm", met(), lesion("5.0", "cm")),
    nonbulky("5.01 cm", not_met(), lesion("5.01", "cm")),
    nonbulky("more than 50 mm", not_met(), lesion(">50")),
    nonbulky("at least 50 mm", unknown("comparator"), lesion(">=50")),
    nonbulky("more than 40 mm", unknown("comparator"), lesion(">40")),
    nonbulky("at most 50 mm", met(), lesion("<=50")),
    nonbulky("less than 60 mm", unknown("comparator"), lesion("<60")),
    nonbulky("a size without unit", unknown("unit"), lesion("24", None)),
    nonbulky("a size out of this world", unknown("implausible"), lesion("600")),
    nonbulky("a large one beside one without unit", not_met(), lesion("60"), lesion("24", None)),
    nonbulky("the largest counts", not_met(), lesion("24"), lesion("60")),
    nonbulky("measured 28 days ago", met(), lesion("24", on="2026-10-28")),
    nonbulky("measured 29 days ago", unknown("too-old"), lesion("24", on="2026-10-27")),
    nonbulky("nothing measured", unknown("missing")),
    nonbulky(
        "a large one in July is too old to decide",
        unknown("too-old"),
        lesion("60", on="2026-07-01"),
    ),
    nonbulky(
        "a large lesion not seen again since July",
        unknown("too-old"),
        lesion("60", on="2026-07-01", focus="a"),
        lesion("24", focus="b"),
    ),
    nonbulky(
        "a small lesion not seen again since July",
        met(),
        lesion("40", on="2026-07-01", focus="a"),
        lesion("24", focus="b"),
    ),
    nonbulky(
        "a lesion that was large in July and shrank",
        met(),
        lesion("60", on="2026-07-01", focus="a"),
        lesion("45", focus="a"),
    ),
    nonbulky(
        "a lesion without identity, large in July",
        unknown(),
        lesion("60", on="2026-07-01"),
        lesion("24"),
    ),
    nonbulky(
        "two days, no site: one lesion or two",
        unknown("conflicting"),
        lesion("60", on="2026-11-01"),
        lesion("40", on="2026-11-20"),
    ),
    nonbulky(
        "two days, growing: bulky either way",
        not_met(),
        lesion("40", on="2026-11-01"),
        lesion("60", on="2026-11-20"),
    ),
]

ANSWERED = [
    nonbulky("small, says an investigator", met("attestation"), small()),
    nonbulky("small, said 28 days ago", met("attestation"), small(on="2026-10-28")),
    nonbulky("small, said 29 days ago", unknown("attestation-expired"), small(on="2026-10-27")),
    nonbulky("small, against the CT", not_met(conflicts=True), lesion("51"), small()),
    nonbulky("bulky, against the CT", refused_by_a_person(), lesion("24"), small("not_met")),
    nonbulky(
        "a large MRI after the answer",
        unknown("newer-than-statement"),
        lesion("60", by="mri", on="2026-11-21"),
        small(),
    ),
    nonbulky("a large MRI before the answer", met("attestation"), lesion("60", by="mri"), small()),
]


@pytest.mark.parametrize("case", [*BULK, *ANSWERED], ids=str)
def test_nonbulky(case: Case) -> None:
    judge(case)
