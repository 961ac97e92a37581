"""Reading endpoints and what was sent to them, for administrators; nothing of a patient is in any of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from eligibility.models import Attempt, Dispatch, Endpoint


def endpoints() -> QuerySet[Any]:
    """Every endpoint with its site and health, and how many messages wait and are parked (`waiting`, `parked`)."""
    asked = Endpoint.objects.select_related("site", "health", "paused_by", "registered_by")
    return asked.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=Dispatch.WAITING)),
        parked=Count("deliveries", filter=Q(deliveries__state=Dispatch.PARKED)),
    )


def endpoint(key: int) -> Any:
    """One of them; None for none."""
    return endpoints().filter(pk=key).first()


def deliveries(endpoint_id: int, *, state: str = "") -> QuerySet[Any]:
    """What was and is to be sent to an endpoint, each with its last outcome (`outcome`, `status`)."""
    last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
    rows = Dispatch.objects.filter(endpoint=endpoint_id).annotate(
        outcome=Subquery(last.values("outcome")[:1]), status=Subquery(last.values("status")[:1])
    )
    return rows.filter(state=state) if state else rows


def delivery(key: int) -> Any:
    """One message with its endpoint; None for none."""
    return Dispatch.objects.select_related("endpoint__site").filter(pk=key).first()


def attempts(delivery_ids: list[int]) -> dict[int, list[Attempt]]:
    """The attempts of these messages, in their order."""
    found: dict[int, list[Attempt]] = {one: [] for one in delivery_ids}
    for one in Attempt.objects.filter(delivery__in=delivery_ids).order_by("pk"):
        found[one.delivery_id].append(one)
    return found
