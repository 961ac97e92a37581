"""Messages that arrived at sites: a page of them, the latest first, and one with every try to apply it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models import Count, QuerySet

from patients.models import MessageSender, ReceivedMessage

PAGE = 50


class Asked(NamedTuple):
    """Which messages are meant; what is empty does not matter."""

    outcome: str = ""
    sender: int | None = None
    day: date | None = None
    """In the time zone of each message's site."""
    before: int | None = None
    """Where the page begins: below the message of this number."""


def messages_of(site_ids: Collection[int], asked: Asked) -> QuerySet[ReceivedMessage]:
    """The messages of these sites that are meant, in no order, without what they say."""
    found = ReceivedMessage.objects.filter(site_id__in=site_ids).defer("raw")
    if asked.outcome:
        found = found.filter(outcome=asked.outcome)
    if asked.sender is not None:
        found = found.filter(sender=asked.sender)
    if asked.day is not None:
        found = found.filter(received_on=asked.day)
    return found


def page(site_ids: Collection[int], asked: Asked) -> tuple[list[ReceivedMessage], int | None]:
    """A page, the latest first, and where the next begins; None on the last."""
    found = messages_of(site_ids, asked).select_related("site", "sender")
    if asked.before is not None:
        found = found.filter(pk__lt=asked.before)
    rows = list(found.prefetch_related("attempts").order_by("-pk")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def counted(site_ids: Collection[int], asked: Asked) -> dict[str, int]:
    """How many there are of each outcome, whatever outcome is asked for."""
    every = messages_of(site_ids, asked._replace(outcome=""))
    return dict(every.order_by().values_list("outcome").annotate(Count("pk")))


def one_message(site_ids: Collection[int], key: int) -> ReceivedMessage | None:
    """One message of these sites with its tries; None for none."""
    held = ReceivedMessage.objects.filter(site_id__in=site_ids, pk=key)
    return (
        held.select_related("site", "sender", "person", "repeats")
        .prefetch_related("attempts__person", "attempts__delivery", "attempts__merge")
        .first()
    )


def senders_of(site_ids: Collection[int]) -> list[MessageSender]:
    """Every sender of these sites, ended ones too."""
    held = MessageSender.objects.filter(site_id__in=site_ids).select_related("site")
    return list(held.order_by("name", "pk"))
