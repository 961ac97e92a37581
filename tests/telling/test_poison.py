"""A message that ends whoever sends it is parked after five tries, and stops nobody, nor the next of its patient."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility import sending
from eligibility.models import Attempt, Dispatch
from eligibility.telling.posting import post
from eligibility.telling.retrying import MOST_TRIES
from tests.eligibility.stored import make_site
from tests.telling.conftest import Register
from tests.telling.outbox import lane, queued, use_clock
from tests.telling.receiver import Receiver
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db


class Ended(BaseException):
    """The process that sends is no more."""


@pytest.mark.requirement(71)
def test_a_message_that_ends_its_process_is_parked_and_others_go_on(
    receiver: Receiver, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = use_clock(monkeypatch)
    site = make_site()
    with use_sites([site.pk]):
        endpoint = register(site, f"{receiver.url}/hooks").endpoint
        poison, after = queued(endpoint, lane(messages=2))

    def ending(target: Any, body: bytes, headers: Any, **rules: Any) -> Any:
        if headers["webhook-id"] == str(poison.message):
            raise Ended
        return post(target, body, headers, **rules)

    monkeypatch.setattr(sending, "post", ending)
    for ends in range(1, MOST_TRIES + 1):
        with use_sites([site.pk]):
            others = queued(endpoint, lane(messages=2), at=clock.now())
        with pytest.raises(Ended):
            sending.send_due(endpoint.pk, site.pk)
        # Whoever comes next has the others at once, and this one when nobody answers for it any more.
        assert sending.send_due(endpoint.pk, site.pk) == (2, False)
        assert receiver.ids[-2:] == [str(one.message) for one in others]
        assert len(receiver.ids) == 2 * ends
        clock.passes(seconds=46)
    assert sending.send_due(endpoint.pk, site.pk) == (1, False)
    assert receiver.ids[-1] == str(after.message)
    with use_sites([site.pk]):
        poison.refresh_from_db()
        assert (poison.state, poison.tries, poison.held_until) == ("parked", MOST_TRIES, None)
        tried = Attempt.objects.filter(delivery=poison).order_by("pk")
        assert [one.outcome for one in tried] == ["broken-off"] * MOST_TRIES
        assert [one.next_at is None for one in tried] == [False] * 4 + [True]
        assert Dispatch.objects.filter(state="waiting").count() == 0
