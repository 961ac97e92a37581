"""What is made up leaves the description from which it is made as it was."""

from __future__ import annotations

import copy

import pytest
from schemathesis.transport.wsgi import WSGI_TRANSPORT

from tests.fuzz.cases import cases, operations
from tests.fuzz.conftest import Asked
from tests.isolation.routes import document


@pytest.mark.django_db
def test_the_document_is_the_same_after_cases_were_made_of_it(asked: Asked) -> None:
    """It is one for all tests of a process: an example that is changed here fails another test, or hides a fault."""
    before = copy.deepcopy(document())
    told = operations(document())
    examples = [copy.deepcopy(one.definition.raw) for one in told]
    for one in told:
        assert len(list(cases(one, asked.home, number=12, of=1))) > 0
    assert document() == before
    assert [one.definition.raw for one in told] == examples


def test_a_body_of_every_kind_that_the_document_names_can_be_sent() -> None:
    """Else a run ends where chance makes up one of another kind."""
    for one in operations(document()):
        for kind in one.definition.raw.get("requestBody", {}).get("content", {}):
            assert WSGI_TRANSPORT.get_first_matching_media_type(kind), (one.label, kind)
