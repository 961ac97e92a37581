"""What of a Bundle is new, where several of its entries are versions of one record."""

from __future__ import annotations

import itertools
import random

import pytest

from patients.actions.news import Piece, news_among

pytestmark = pytest.mark.requirement(56)


def came(versions: str, key: str = "Observation/o") -> list[Piece]:
    """A piece for each letter, which is its digest."""
    return [Piece(place, "Observation", key, "", "{}", one) for place, one in enumerate(versions)]


@pytest.mark.parametrize(
    ("held", "sent", "new"),
    [
        ("", "a", "a"),
        ("a", "a", ""),
        ("ab", "a", "a"),
        ("ab", "b", ""),
        ("", "ab", "ab"),
        ("ab", "ab", ""),
        ("xab", "ab", ""),
        ("a", "ab", "b"),
        ("ab", "abc", "c"),
        ("ab", "bc", "c"),
        ("ab", "ba", "a"),
        ("aba", "ab", "b"),
        ("ab", "aab", ""),
        ("", "aa", "a"),
    ],
)
def test_versions_that_were_the_last_to_arrive_are_no_news(held: str, sent: str, new: str) -> None:
    known = [("Observation/o", one, False) for one in held]
    assert "".join(piece.digest for piece in news_among(came(sent), known)) == new


@pytest.mark.parametrize(("sent", "new"), [("ab", ""), ("b", ""), ("ac", "c"), ("r", "")])
def test_beside_a_correction_nothing_is_that_was_sent_before(sent: str, new: str) -> None:
    known = [("Observation/o", one, one == "r") for one in "abr"]
    assert "".join(piece.digest for piece in news_among(came(sent), known)) == new


def test_the_order_of_the_bundle_is_kept() -> None:
    pieces = [
        Piece(place, "Observation", key, "", "{}", digest)
        for place, (key, digest) in enumerate([("x", "a"), ("y", "b"), ("x", "c"), ("y", "d")])
    ]
    found = news_among(pieces, [("x", "a", False)])
    assert [piece.position for piece in found] == [1, 2, 3]


def test_it_is_found_as_by_looking_at_every_length() -> None:
    draw = random.Random(5)
    for _ in range(3_000):
        held, sent = ("".join(draw.choices("ab", k=draw.randrange(9))) for _ in "12")
        sent = "".join(one for one, _ in itertools.groupby(sent))
        known = [("Observation/o", one, False) for one in held]
        many = max(n for n in range(len(sent) + 1) if held.endswith(sent[:n]))
        assert "".join(piece.digest for piece in news_among(came(sent), known)) == sent[many:]


def test_a_bundle_full_of_versions_takes_no_longer_than_its_length() -> None:
    sent = "ab" * 50_000
    known = [("Observation/o", one, False) for one in sent + "c"]
    assert len(news_among(came(sent), known)) == len(sent)
