"""Long lists, a page at a time; a page is found again by where it begins, not by its number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

MOST = 200


class Pages(CursorPagination):
    """50 rows a page, at most 200; ``{"next", "previous", "results"}``."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MOST

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("page_size")
        if asked is None:
            return 50
        if not (asked.isascii() and asked.isdecimal() and 0 < int(asked[:9]) <= MOST):
            raise ValidationError({"page_size": [f"A number from 1 to {MOST}."]})
        return int(asked)


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
