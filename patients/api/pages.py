"""Long lists, a page at a time; a page is found again by where it begins, not by its number."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from trialscreen.institution.sealed import sealed, unsealed

MOST = 200


class Pages(CursorPagination):
    """50 rows a page, at most 200; ``{"next", "previous", "results"}``."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MOST
    request: Request

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("page_size")
        if asked is None:
            return 50
        if not (asked.isascii() and asked.isdecimal() and 0 < int(asked[:9]) <= MOST):
            raise ValidationError({"page_size": [f"A number from 1 to {MOST}."]})
        return int(asked)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Where a page begins. Sealed for this list, because what a cursor says becomes a value in a query.

        Raises:
            ValidationError: no page of this list gave it.
        """
        said = request.query_params.get(self.cursor_query_param)
        if not said:
            return None
        found = unsealed(said, within=request.path)
        if not found:
            raise ValidationError({self.cursor_query_param: ["No page of this list begins here."]})
        return Cursor(*json.loads(found))

    def encode_cursor(self, cursor: Cursor) -> str:
        assert self.base_url is not None
        said = sealed(json.dumps(list(cursor)), within=self.request.path)
        return replace_query_param(self.base_url, self.cursor_query_param, said)


def paged(
    request: Request,
    rows: QuerySet[Any],
    show: Callable[[Any], dict[str, Any]],
    *,
    order: tuple[str, ...] = ("id",),
    prepare: Callable[[list[Any]], None] = lambda _: None,
) -> Response:
    """One page of `rows`, each as `show` gives it; `prepare` sees all of them before."""
    pages = Pages()
    pages.ordering = order
    found = list(pages.paginate_queryset(rows, request) or ())
    prepare(found)
    return pages.get_paginated_response([show(one) for one in found])
