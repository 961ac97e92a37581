"""MLLP frames in a stream, however it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.management.mllp.framing import Frames, TooLarge, framed

MESSAGES = [b"MSH|^~\\&|one\r", b"MSH|^~\\&|two\r\x1cx", b""]


@given(st.lists(st.integers(min_value=1, max_value=12), min_size=1, max_size=30))
def test_messages_come_whole_however_the_stream_is_cut(cuts: list[int]) -> None:
    stream = b"".join(map(framed, MESSAGES))
    frames, at = Frames(), 0
    found: list[bytes] = []
    for cut in [*cuts, len(stream)]:
        found += frames.feed(stream[at : at + cut])
        at += cut
    assert found == MESSAGES
    assert not frames.is_open


def test_what_stands_between_frames_is_passed_over() -> None:
    frames = Frames()
    stream = b"\r\n GET / HTTP/1.1\r\n" + framed(b"a") + b"\x00\x1c\r" + framed(b"b")
    assert list(frames.feed(stream)) == [b"a", b"b"]
    assert frames.passed_over == len(stream) - len(framed(b"a")) * 2


def test_a_frame_that_is_begun_anew_was_never_whole() -> None:
    frames = Frames()
    assert list(frames.feed(b"\x0bhalf" + framed(b"whole"))) == [b"whole"]


def test_a_frame_without_end_is_not_held_for_ever() -> None:
    frames = Frames(largest=100)
    assert list(frames.feed(b"\x0b" + b"x" * 100)) == []
    assert frames.is_open
    with pytest.raises(TooLarge):
        list(frames.feed(b"x"))
