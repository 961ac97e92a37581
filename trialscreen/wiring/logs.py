"""Structured logs that hold ids and places in the code, never a word about a patient.

What may be said of a request is its method, path, status and id. The message of an exception may
quote the data that caused it, so neither it nor the arguments are written: the exception's type and
the lines of our code it passed are enough to find the fault, with the record at hand.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def places(trace: TracebackType | None) -> list[str]:
    """``file:line function`` from the outermost call to where it happened; no values."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
    ]


def without_messages(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and its places, and drop the texts made from it."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    elif isinstance(given, BaseException):
        given = (type(given), given, given.__traceback__)
    if isinstance(given, tuple) and given[0] is not None:
        event["exception"] = f"{given[0].__module__}.{given[0].__qualname__}"
        event["places"] = places(given[2])
    for quoting in ("error", "exc_text", "result", "stack_info"):
        event.pop(quoting, None)
    return event


def record_without_arguments(
    _logger: WrappedLogger, _method: str, event: EventDict
) -> dict[str, Any]:
    """Keep Django's own sentence about a request, without the objects logged beside it."""
    for name in ("request", "status_code", "server_time"):
        if not isinstance(event.get(name), str | int):
            event.pop(name, None)
    return dict(event)


# Line ends and other controls, of terminals too (C0, DEL, C1), and what ends a line or turns its direction in Unicode.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Nobody can begin a line of the log, or steer the terminal it is read at, by what they call something."""
    return {_shown(name): _shown(value) for name, value in event.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", value)
    if isinstance(value, dict):
        return {_shown(name): _shown(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    return value


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_messages,
    record_without_arguments,
]


def logging_configuration(*, level: str, form: str) -> dict[str, Any]:
    """Configuration for ``logging.config.dictConfig``; also sets up structlog itself.

    `form` is ``json`` (one object per line) or ``plain`` (for a person at a terminal).
    """
    _configure_structlog()
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if form == "plain"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    one_line,
                    last,
                ],
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "structured"},
        },
        "root": {"handlers": ["stderr"], "level": level if level in LEVELS else logging.INFO},
        "loggers": {
            # Says each refused request once more than the request log already does.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            # These say with arguments and messages what the task log says with ids.
            "celery.app.trace": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
            "django": {"handlers": [], "propagate": True},
        },
    }


def _configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
