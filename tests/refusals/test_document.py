"""The document says what the tests see."""

from __future__ import annotations

from tests.refusals.document import PATH, document


def test_the_document_is_that_of_the_tables() -> None:
    assert PATH.read_text(encoding="utf-8") == document(), "Run python -m tests.refusals."
