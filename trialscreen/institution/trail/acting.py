"""Who acts, from where and why: said to PostgreSQL with every statement that writes, for that transaction alone.

The statement and what is said travel together, so it holds outside of a transaction too, and nothing is left on a
connection that somebody else takes over. The method is that of django-pghistory; the triggers that read it are ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Any

import structlog
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from psycopg2.extensions import adapt

from trialscreen.institution.scope import Scope
from trialscreen.institution.trail.functions import ACTING

WRITES = ("INSERT", "UPDATE", "DELETE", "WITH", "SELECT TRAIL_NOTE", "TRUNCATE")


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts; what is empty nobody has said."""

    account: int | None = None
    by: str = ""
    client: str = ""
    why: str = ""
    origin: str = ""
    address: str = ""
    request: str = ""


def _command() -> Acting:
    """What is known of a program that nobody has asked for by a request: its name."""
    name, *words = sys.argv or [""]
    program = PurePath(name).name
    return Acting(origin=f"{program} {words[0]}"[:200] if words[:1] else program[:200])


_acting: ContextVar[Acting | None] = ContextVar("trialscreen_acting", default=None)


def acting() -> Acting:
    return _acting.get() or _command()


@contextmanager
def acting_as(who: Acting) -> Iterator[None]:
    """Everything written within is this one's."""
    before = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(before)


@contextmanager
def because(why: str) -> Iterator[None]:
    """Everything written within has this reason."""
    with acting_as(replace(acting(), why=why)):
        yield


def become(account: int, name: str) -> None:
    """Somebody has just shown who they are: what the rest of this request writes is theirs."""
    _acting.set(replace(acting(), account=account, by=name))


def identify(scope: Scope) -> None:
    """Say who the request comes from, as soon as that is known."""
    account = scope.account
    _acting.set(
        replace(
            acting(),
            account=None if account is None else account.pk,
            by="" if account is None else account.name,
            client=scope.client,
        )
    )


def from_request(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Middleware: what is written in a request names its address, its id and the machine that asked."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        who = Acting(
            origin=f"{request.method} {request.path}"[:200],
            address=str(request.META.get("REMOTE_ADDR") or "")[:60],
            request=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        )
        with acting_as(who):
            return get_response(request)

    return middleware


def begin_task(name: str) -> None:
    """From now on this process works on the task `name`."""
    asked = structlog.contextvars.get_contextvars().get("request_id", "")
    _acting.set(Acting(origin=f"task {name}", request=str(asked)))


def say_who(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """A wrapper of Django's around every statement: before one that writes stands who acts."""
    if not isinstance(sql, str) or not sql.lstrip()[:20].upper().startswith(WRITES):
        return execute(sql, params, many, context)
    told = adapt(json.dumps(asdict(acting()), ensure_ascii=True).replace("\\u0000", ""))
    words = told.getquoted().decode()
    if many:
        with context["connection"].connection.cursor() as cursor:
            cursor.execute(f"SELECT set_config('{ACTING}', {words}, true)")
        return execute(sql, params, many, context)
    if params is not None:
        words = words.replace("%", "%%")
    return execute(f"SELECT set_config('{ACTING}', {words}, true); {sql}", params, many, context)


def wrap(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if say_who not in connection.execute_wrappers:
        connection.execute_wrappers.append(say_who)


def begin() -> None:
    """Wrap every connection from now on; called once, when the application is ready."""
    connection_created.connect(wrap, dispatch_uid="trail")
