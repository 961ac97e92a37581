"""What every address of administration has in common: who comes in, how a no is said, that nothing is done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from eligibility.api.administration.bodies import Body, read_body
from eligibility.policies import Moved, NotAllowed, Refusal
from patients.api.doors import RecordDoor
from patients.api.refusals import CannotBeUsed, Explained, OtherRequest, Stale, Unconditional
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration import lists, repeats
from trialscreen.institution.administration.repeats import Done
from trialscreen.institution.administration.rights import demand_administrator
from trialscreen.institution.conduct import Conduct, manages, sites_where, tell_conduct
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import scope_of
from trialscreen.institution.trail.acting import identify

_STATUS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("role", "self"), 403),
    **dict.fromkeys(("ended", "inactive", "active", "twice", "nothing", "duties"), 409),
    **dict.fromkeys(("password", "code", "name", "username", "email", "approval"), 409),
    "moved": 412,
}
"""By the code of a no; of what is left the content cannot be used (422)."""
_SHOWN_ONCE = "Shown once, in the first answer."
Document = dict[str, Any]


class Said(Explained):
    """The no of an act, in its sentence and with its code; with the field it is about, where it is about one."""

    def __init__(self, code: str, sentence: str, status: int, field: str = "") -> None:
        super().__init__(sentence)
        self.status_code = status
        pointer = f"/{field}" if field else ""
        self.errors = ({"pointer": pointer, "code": code, "detail": sentence},)


class OfAdministrators(BasePermission):
    """Administrators, in a session or with a token of their own; no client, as a name stands under each act."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return manages(scope_of(request))


class PersonsDoor(RecordDoor):
    """Somebody acts in their own name; the same request with the same key is done once."""

    now: datetime

    @property
    def person(self) -> Account:
        assert self.scope.account is not None
        return self.scope.account

    def one_act(self, act: Callable[[], Done]) -> HttpResponse:
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            return _answer(act())
        if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
            said = "An Idempotency-Key is 1 to 255 printable characters."
            raise ValidationError({"Idempotency-Key": [said]})
        try:
            done, again = repeats.answer_once(
                account=self.person, key=key, request=self._digest(), act=act, at=self.now
            )
        except repeats.KeyReused:
            raise OtherRequest from None
        response = _answer(done)
        if again:
            response.headers["Idempotency-Replayed"] = "true"
        return response


class OfficeDoor(PersonsDoor):
    """Sites, people and clients; no patient exists here."""

    permission_classes = [OfAdministrators]
    fields: Mapping[str, str] = {}
    """Which field of the body the code of a no is about, where they are called differently."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        APIView.initial(self, request, *args, **kwargs)
        self.scope = scope_of(request)
        identify(self.scope)
        self.site_ids = frozenset()
        self.now = timezone.now()
        tell_conduct(*(sites_where(self.scope, each) for each in Conduct))

    def demand(self) -> None:
        """Say no (NotDone) to who may not act here; and hold what that rests on, so that acts come one by one."""
        demand_administrator(self.person)

    def site(self, code: str) -> Site:
        held = lists.site_of(code)
        if held is None:
            raise NotFound
        return held

    def do(self, body: Body, act: Callable[[Document], Done], *, tag: str | None = None) -> Any:
        """Do it once. `tag` is the version that there is: with it the request has to say which one was read.

        Raises:
            Said, CannotBeUsed, Unconditional, Stale, OtherRequest: and nothing is done.
        """
        self.parameters()
        try:
            self.demand()
            return self.one_act(lambda: self._checked(body, act, tag))
        except NotDone as no:
            status, field = _STATUS.get(no.code, 422), self.fields.get(no.code, no.code)
            named = field if field in body.kinds else ""
            raise Said(no.code, no.sentence, status, named) from None
        except Refusal as no:
            status = 403 if isinstance(no, NotAllowed) else 412 if isinstance(no, Moved) else 409
            raise Said(no.code, no.sentence, status) from None

    def _checked(self, body: Body, act: Callable[[Document], Done], tag: str | None) -> Done:
        if tag is not None:
            must_match(self.request, tag)
        return act(read_body(body, self.request.data))


def filled(form: forms.Form) -> Document:
    """What a form of the pages makes of a body.

    Raises:
        CannotBeUsed: in the sentences of the page, each with its place.
    """
    if form.is_valid():
        return dict(form.cleaned_data)
    faults = {
        "non_field_errors" if name == "__all__" else name: [
            ErrorDetail(said, code=str(fault.code or "invalid"))
            for fault in held
            for said in fault.messages
        ]
        for name, held in form.errors.as_data().items()
    }
    raise CannotBeUsed(faults)


def merged(before: Document, body: object, said: Document) -> Document:
    """What holds, with what a body names in its place; null takes away."""
    named = body if isinstance(body, Mapping) else {}
    held = {name: str(one) for name, one in before.items() if one is not None}
    return {name: one for name, one in held.items() if name not in named} | said


def told(
    document: Document, *, status: int = 200, tag: str | None = None, once: tuple[str, ...] = ()
) -> Done:
    """An answer as JSON; what is named in `once` is not in the copy that a repeated request is answered with."""
    headers = {"Content-Type": "application/json"}
    if tag is not None:
        headers["ETag"] = tag
    kept = document | dict.fromkeys(once) | {"note": _SHOWN_ONCE} if once else None
    return Done(status, _json(document), headers, _json(kept) if kept is not None else "")


def tag_of(document: Document) -> str:
    """The version of what is shown: a strong tag over all of it."""
    return f'"{hashlib.sha256(_json(document).encode()).hexdigest()[:32]}"'


def must_match(request: Request, tag: str) -> None:
    """Raises Unconditional without ``If-Match``, and Stale where it names another version."""
    asked = request.headers.get("If-Match")
    if asked is None:
        raise Unconditional
    if asked.strip() != "*" and tag not in [one.strip() for one in asked.split(",")]:
        raise Stale


def _json(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _answer(done: Done) -> HttpResponse:
    return HttpResponse(done.body, status=done.status, headers=done.headers)
