"""Logs hold ids and places, and not a word of what could be a patient's."""

from __future__ import annotations

import json
import logging
import logging.config
from io import StringIO

import pytest
import structlog

from trialscreen.wiring.logs import logging_configuration

SECRET = "Boudreau"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """A handler as the application's, whose output can be read."""
    configuration = logging_configuration(level="INFO", form="json")
    formatter = configuration["formatters"]["structured"]
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
        )
    )
    logger = logging.getLogger("tests.logs")
    logger.setLevel(logging.INFO)
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    return text


def fail() -> None:
    name = SECRET
    raise ValueError(f"cannot read the birth date of {name}")


@pytest.mark.requirement(37)
@pytest.mark.parametrize("kind", ["structlog", "plain"])
def test_an_exception_is_its_type_and_place(written: StringIO, kind: str) -> None:
    try:
        fail()
    except ValueError as fault:
        if kind == "structlog":
            structlog.stdlib.get_logger("tests.logs").exception("task_failed", error=str(fault))
        else:
            logging.getLogger("tests.logs").exception("it failed")
    line = json.loads(written.getvalue())
    assert SECRET not in written.getvalue()
    assert line["exception"] == "builtins.ValueError"
    assert line["places"][-1].endswith(" fail")
    assert line["level"] == "error"
