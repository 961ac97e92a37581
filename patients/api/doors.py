"""What every address of a patient's record has in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from patients.actions import Attribution
from patients.actions.repeats import Answer, KeyInUse, KeyReused, answer_once
from patients.api.reading import ExactJson, OneForm, only
from patients.api.refusals import Explained, InFlight, OtherRequest
from trialscreen.institution.access import StoredDataView
from trialscreen.institution.models import Site

_DEADLOCK = "40P01"
_TRIES = 4
_LONGEST_KEY = 255
PAGING = ("cursor", "page_size")


class RecordDoor(StoredDataView):
    """Stored data of patients: read exactly, in one transaction, done once however often it is sent."""

    content_negotiation_class = OneForm
    parser_classes = [ExactJson]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """As ever, but begun anew when the database broke a deadlock by undoing this one."""
        _ = request.body  # kept, so that it can be read again
        for _attempt in range(_TRIES - 1):
            try:
                return super().dispatch(request, *args, **kwargs)
            except OperationalError as fault:
                if getattr(fault.__cause__, "pgcode", None) != _DEADLOCK:
                    raise
        return super().dispatch(request, *args, **kwargs)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """No cache on the way keeps what is said of a patient."""
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return super().finalize_response(request, response, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Any:
        """As ever; a refusal that explains itself does so in the answer."""
        response = super().handle_exception(exc)
        if isinstance(exc, Explained) and response.data is not None:
            response.data["detail"] = str(exc.detail)
            if exc.errors:
                response.data["errors"] = [dict(one) for one in exc.errors]
        return response

    def parameters(self, known: Collection[str] = ()) -> dict[str, str]:
        """The parameters of the address; raises ValidationError for any but `known`."""
        return only(self.request.query_params, known)

    @property
    def attribution(self) -> Attribution:
        """Who it was, as the record keeps it."""
        return Attribution(client=self.scope.client, person=self.scope.account)

    def once(self, site: Site, act: Callable[[], Answer]) -> HttpResponse:
        """Do it, or answer as before where the ``Idempotency-Key`` says that it is done.

        Raises:
            InFlight: the first request with the key is under way.
            OtherRequest: the key stands for another request.
        """
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            return as_response(act())
        if not (0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
            said = f"An Idempotency-Key is 1 to {_LONGEST_KEY} printable characters."
            raise ValidationError({"Idempotency-Key": [said]})
        try:
            answer, again = answer_once(
                site=site, asker=self._asker(), key=key, request=self._digest(), act=act
            )
        except KeyInUse:
            raise InFlight from None
        except KeyReused:
            raise OtherRequest from None
        response = as_response(answer)
        if again:
            response.headers["Idempotency-Replayed"] = "true"
        return response

    def _asker(self) -> str:
        if self.scope.client:
            return f"client:{self.scope.client}"
        assert self.scope.account is not None
        return f"account:{self.scope.account.pk}"

    def _digest(self) -> str:
        """Of all that the request says: what to do, where, how it is written, and what."""
        asked = self.request._request
        says = [str(asked.method), asked.get_full_path(), asked.content_type or ""]
        says.append(asked.headers.get("X-Acting-For", ""))
        return hashlib.sha256("\n".join(says).encode() + b"\n" + asked.body).hexdigest()


def json_answer(
    document: Any, *, status: int = 200, content_type: str = "application/json", **headers: str
) -> Answer:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, text, {"Content-Type": content_type, **named})


def as_response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)
