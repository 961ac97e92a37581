"""JSON that is kept exactly, and JSON that is refused with its place."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.intake.problems import Refused
from patients.intake.strict_json import MAX_BYTES, parse

REFUSED: list[tuple[bytes | str, str, str]] = [
    (b"\xff{}", "not-utf-8", ""),
    (b"", "not-json", "line 1, column 1"),
    (b'{"a": 1 2}', "not-json", "line 1, column 9"),
    (b'{"a":\n tru}', "not-json", "line 2, column 2"),
    (b"{} {}", "not-json", "line 1, column 4"),
    (b'"\x01"', "not-json", "line 1, column 2"),
    (b"{'a': 1}", "not-json", "line 1, column 2"),
    (b'{"a": [1, NaN]}', "not-a-number", "/a/1"),
    (b"-Infinity", "not-a-number", ""),
    (b'{"a": {"b/~": Infinity}}', "not-a-number", "/a/b~1~0"),
    (b'{"a": {"b": 1, "c": 2, "b": 1}}', "duplicate-key", "/a/b"),
    (b'[{"x": [{"y": 1, "y": {}}]}]', "duplicate-key", "/0/x/0/y"),
    (b"[" * 65 + b"]" * 65, "too-deep", "/0" * 64),
    (b'{"a":' * 65 + b"1" + b"}" * 65, "too-deep", "/a" * 64),
    (b"[" * 200_000, "too-deep", ""),
    (b'{"a": "x\\u0000"}', "bad-character", "/a"),
    (b'{"a\\u0000": 1}', "bad-character", ""),
    (b'{"a": ["\\ud800"]}', "bad-character", "/a/0"),
    (b'{"a": "\\udc00\\ud800"}', "bad-character", "/a"),
    ('{"a": "\ud800"}', "bad-character", "character 7"),
    (b"1e400", "absurd-number", ""),
    (b'{"v": 1e41}', "absurd-number", "/v"),
    (b'{"v": 1E-41}', "absurd-number", "/v"),
    (b'{"v": 1' + b"0" * 40 + b"}", "absurd-number", "/v"),
    (b'{"v": 0.' + b"1" * 40 + b"}", "absurd-number", "/v"),
    (b'{"v": ' + b"9" * 10_000 + b"}", "absurd-number", "/v"),
    (b" " * (MAX_BYTES + 1), "too-large", ""),
    ("é" * (MAX_BYTES // 2 + 1), "too-large", ""),
]


@pytest.mark.requirement(51)
@pytest.mark.parametrize(("raw", "code", "place"), REFUSED)
def test_refused_with_its_place(raw: bytes | str, code: str, place: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(raw)
    [issue] = caught.value.issues
    assert (issue.code, issue.place) == (code, place)
    assert issue.detail


def test_a_comma_too_many_is_refused_near_it() -> None:
    """Python 3.13 names the comma, earlier ones what follows it."""
    with pytest.raises(Refused) as caught:
        parse(b'{"a": 1,}')
    assert caught.value.issues[0].place in ("line 1, column 8", "line 1, column 9")


@pytest.mark.requirement(57)
def test_decimals_keep_their_digits() -> None:
    tree = parse(b'{"a": [6.30, 1.0, -0.0, 12E3, 7, 1e-40, 100000]}')
    assert isinstance(tree, dict)
    assert [str(number) for number in tree["a"]] == [
        "6.30",
        "1.0",
        "-0.0",
        "1.2E+4",
        "7",
        "1E-40",
        "100000",
    ]
    assert [type(number) for number in tree["a"]] == [Decimal] * 4 + [int, Decimal, int]


@pytest.mark.parametrize("raw", [b"[" * 64 + b"]" * 64, b'{"a":' * 64 + b"1" + b"}" * 64])
def test_sixty_four_levels_are_read(raw: bytes) -> None:
    parse(raw)


def test_byte_order_mark_and_pairs_of_surrogates_are_fine() -> None:
    assert parse(b'\xef\xbb\xbf{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**39), 10**39)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab~/é", max_size=2), inner, max_size=3)
    ),
)


@given(_TREES, st.booleans())
def test_reads_what_was_written(tree: object, escaped: bool) -> None:
    text = json.dumps(tree, ensure_ascii=escaped)
    if "\\u0000" in text:
        return
    assert parse(text.encode()) == tree
    assert parse(text) == tree


@pytest.mark.requirement(51)
@given(
    st.binary(max_size=60) | st.text(st.sampled_from('{}[]",:\\u0d8e1-+.Na\ud800 '), max_size=40)
)
def test_nothing_but_refused_is_raised(raw: bytes | str) -> None:
    try:
        parse(raw)
    except Refused:
        return
