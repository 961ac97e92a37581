"""Every bullet of the registry's eligibility text is claimed by exactly one criterion.

``registry-eligibility.txt`` is the eligibility part of the record of NCT00514085 as last updated
on 2016-11-28. Its headings were lost there; in order they are DISEASE CHARACTERISTICS, PATIENT
CHARACTERISTICS and PRIOR CONCURRENT THERAPY. A place is the section, the number of the bullet in
it and, for a sub-bullet, its own number: patient/11.2.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

EXCERPT = Path(__file__).with_name("registry-eligibility.txt")
SECTIONS = ("disease", "patient", "prior-therapy")
AGES = "Ages Eligible for Study:"
PARENTS = {
    "disease/1": "histology-cutaneous-melanoma",
    "patient/11": "no-uncontrolled-illness",
    "patient/12": "no-hemolytic-disorder",
    "prior-therapy/2": "adjuvant-immunotherapy-washout",
    "prior-therapy/7": "no-systemic-corticosteroids",
}


def plain(text: str) -> str:
    """The text with every run of blanks, non-breaking ones included, as one blank."""
    return re.sub(r"\s+", " ", text).strip()


def bullets(text: str) -> dict[str, str]:
    """The bullets of the excerpt by their place."""
    fields, *sections = (part for part in re.split(r"\n\s*\n\s*\n", text) if part.strip())
    ages = next(line for line in fields.splitlines() if line.startswith(AGES))
    placed = {"field/ages": plain(ages.removeprefix(AGES))}
    for name, section in zip(SECTIONS, sections, strict=True):
        bullet = sub_bullet = 0
        for line in filter(str.strip, section.splitlines()):
            indent, words = re.fullmatch(r"( *)•(.+)", line).groups()  # type: ignore[union-attr]
            if len(indent) == 2:
                bullet, sub_bullet = bullet + 1, 0
                placed[f"{name}/{bullet}"] = plain(words)
            else:
                sub_bullet += 1
                placed[f"{name}/{bullet}.{sub_bullet}"] = plain(words)
    return placed


BULLETS = bullets(EXCERPT.read_text(encoding="utf-8"))


def criteria() -> list[tuple[str, str, str]]:
    """(place, quote, id) of every criterion of the protocol."""
    from eligibility.protocols import get

    protocol = get("NCT00514085")
    return [(one.place, plain(one.quote), one.id) for one in protocol.criteria]


def test_the_excerpt_holds_thirty_nine_bullets_and_the_age_field() -> None:
    sections = Counter(place.split("/")[0] for place in BULLETS)
    assert sections == {"field": 1, "disease": 6, "patient": 23, "prior-therapy": 10}


def test_no_bullet_is_claimed_twice() -> None:
    claims = Counter(place for place, _quote, _id in criteria())
    assert {place: number for place, number in claims.items() if number != 1} == {}


def test_no_criterion_stands_where_the_registry_says_nothing() -> None:
    assert {place for place, _quote, _id in criteria()} <= set(BULLETS)


def test_criteria_have_an_id_of_their_own_each() -> None:
    ids = [id_ for _place, _quote, id_ in criteria()]
    assert len(ids) == len(set(ids)) == 40


@pytest.mark.parametrize("place", BULLETS)
def test_bullet_is_quoted_by_the_criterion_that_claims_it(place: str) -> None:
    quotes = [quote for claimed, quote, _id in criteria() if claimed == place]
    assert quotes == [BULLETS[place]]


@pytest.mark.parametrize(("place", "criterion"), PARENTS.items())
def test_parent_bullets_are_criteria_of_their_own(place: str, criterion: str) -> None:
    assert [id_ for claimed, _quote, id_ in criteria() if claimed == place] == [criterion]


def test_criteria_are_told_in_the_order_of_the_registry() -> None:
    order = list(BULLETS)
    places = [place for place, _quote, _id in criteria() if not place.startswith("field")]
    assert places == sorted(places, key=order.index)
