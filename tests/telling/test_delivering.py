"""What becomes of a message: in order, tried again, parked, kept while nobody answers, and never lost.

`DELIVERIES=n` asks for another number of messages in the run of the whole (2,000 in full; 60 usually).
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from eligibility import sending, tasks
from eligibility.actions import dispatching, resending, webhooks
from eligibility.models import Attempt, Dispatch, Endpoint
from eligibility.telling.retrying import MOST_TRIES
from tests.eligibility.stored import make_site
from tests.telling.conftest import Register
from tests.telling.outbox import Clock, lane, queued, use_clock
from tests.telling.receiver import Received, Receiver
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

DELIVERIES = int(os.environ.get("DELIVERIES", "60"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db: None) -> Any:
    held = make_site()
    with use_sites([held.pk]):
        yield held


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return use_clock(monkeypatch)


@pytest.fixture
def endpoint(site: Site, receiver: Receiver, register: Register) -> Endpoint:
    return register(site, f"{receiver.url}/hooks").endpoint


def send(endpoint: Endpoint) -> int:
    return sending.send_due(endpoint.pk, endpoint.site_id)[0]


def state_of(one: Dispatch) -> str:
    return Dispatch.objects.get(pk=one.pk).state


@pytest.mark.requirement(71)
def test_a_refused_message_is_parked_after_five_tries_and_holds_up_nobody(
    endpoint: Endpoint, receiver: Receiver, clock: Clock
) -> None:
    first, second = queued(endpoint, lane(messages=2))
    others = queued(endpoint, [*lane(), *lane()])
    receiver.answers = lambda one: 500 if one.id == str(first.message) else 204
    assert send(endpoint) == 3
    assert {state_of(one) for one in others} == {"delivered"}
    waits = []
    for wait in (5, 30, 120, 600):
        clock.passes(seconds=wait - 1)
        assert send(endpoint) == 0
        clock.passes(seconds=1)
        assert send(endpoint) == (1 if wait != 600 else 2)
        waits.append(receiver.ids.count(str(first.message)))
    assert waits == [2, 3, 4, 5]
    assert (state_of(first), state_of(second)) == ("parked", "delivered")
    tried = Attempt.objects.filter(delivery=first).order_by("pk")
    assert [one.outcome for one in tried] == ["refused"] * MOST_TRIES
    assert tried[4].next_at is None
    assert receiver.ids.index(str(second.message)) > 5
    clock.passes(days=3)
    assert send(endpoint) == 0


def test_the_next_of_a_patient_waits_for_the_one_before(
    endpoint: Endpoint, receiver: Receiver, clock: Clock
) -> None:
    mine, theirs = queued(endpoint, lane(messages=3)), queued(endpoint, lane(messages=3))
    trouble = {str(mine[1].message): 2}

    def answers(one: Received) -> int:
        trouble[one.id] = trouble.get(one.id, 0) - 1
        return 503 if trouble[one.id] >= 0 else 200

    receiver.answers = answers
    for _ in range(4):
        send(endpoint)
        clock.passes(seconds=31)
    for of in (mine, theirs):
        wanted = [str(one.message) for one in of]
        taken = [one for one in dict.fromkeys(reversed(receiver.ids)) if one in wanted]
        assert taken[::-1] == wanted
    assert receiver.ids.index(str(theirs[2].message)) < receiver.ids.index(str(mine[2].message))


def test_while_nobody_answers_nothing_is_parked_and_little_is_tried(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, sasha: Account
) -> None:
    held = queued(endpoint, [place for _ in range(8) for place in lane()])
    receiver.answers = lambda _one: None
    tried = 0
    for _ in range(23 * 12):
        tried += send(endpoint)
        clock.passes(minutes=5)
    assert {state_of(one) for one in held} == {"waiting"}
    assert tried < 23 * 12 + 20, "it rests up to five minutes"
    for _ in range(13):
        send(endpoint)
        clock.passes(minutes=5)
    endpoint.refresh_from_db()
    assert endpoint.paused_at is not None
    assert (endpoint.paused_by, endpoint.paused_why) == (None, "Nothing was taken for a day.")
    clock.passes(days=1)
    assert send(endpoint) == 0
    receiver.answers = lambda _one: 204
    webhooks.resume_endpoint(endpoint.pk, by=sasha, at=clock.now())
    assert send(endpoint) == 8
    assert {state_of(one) for one in held} == {"delivered"}


def test_a_message_that_kills_the_line_is_parked_as_others_are_taken(
    endpoint: Endpoint, receiver: Receiver, clock: Clock
) -> None:
    (poison,) = queued(endpoint, lane())
    receiver.answers = lambda one: None if one.id == str(poison.message) else 204
    for _ in range(6):
        queued(endpoint, lane(), at=clock.now())
        send(endpoint)
        clock.passes(minutes=11)
    assert state_of(poison) == "parked"
    assert receiver.ids.count(str(poison.message)) == MOST_TRIES
    assert Dispatch.objects.filter(state="delivered").count() == 6


def test_gone_is_paused_at_once(endpoint: Endpoint, receiver: Receiver, clock: Clock) -> None:
    queued(endpoint, lane(messages=2))
    receiver.answers = lambda _one: 410
    assert send(endpoint) == 1
    endpoint.refresh_from_db()
    assert endpoint.paused_at is not None
    assert "410" in endpoint.paused_why


def test_a_worker_that_dies_after_the_post_leaves_a_message_that_is_sent_again(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: the receiver knows it by its id, and the late outcome of the dead one counts no more."""
    (one,) = queued(endpoint, lane())
    late: list[Any] = []

    class Killed(BaseException):
        pass

    def dying(*told: Any, **at: Any) -> None:
        late.append(told)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sending, "file_attempt", dying)
        with pytest.raises(Killed):
            send(endpoint)
    assert (state_of(one), receiver.ids) == ("waiting", [str(one.message)])
    clock.passes(seconds=44)
    assert send(endpoint) == 0
    clock.passes(seconds=1)
    assert send(endpoint) == 1
    assert receiver.ids == [str(one.message)] * 2
    assert receiver.received[0].body == receiver.received[1].body
    assert state_of(one) == "delivered"
    assert not dispatching.file_attempt(*late[0], at=clock.now())
    tried = Attempt.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(tried) == ["broken-off", "taken"]


def test_what_was_sent_is_sent_again_when_asked_with_its_id(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, sasha: Account
) -> None:
    held = queued(endpoint, lane(messages=3))
    assert send(endpoint) == 3
    resending.send_again(held[1].pk, by=sasha, at=clock.now())
    assert send(endpoint) == 1
    assert receiver.ids[-1] == str(held[1].message)
    again = resending.send_again_since(endpoint.pk, since=clock.now(), by=sasha, at=clock.now())
    assert again == 3
    assert send(endpoint) == 3
    assert receiver.ids[-3:] == [str(one.message) for one in held]
    bodies = defaultdict(set)
    for one in receiver.received:
        bodies[one.id].add(one.body)
    assert {len(each) for each in bodies.values()} == {1}


@pytest.mark.requirement(14)
def test_two_secrets_sign_for_as_long_as_was_said(
    site: Site, receiver: Receiver, register: Register, clock: Clock, sasha: Account
) -> None:
    made = register(site, f"{receiver.url}/hooks")
    new = webhooks.rotate_secret(
        made.endpoint.pk, overlap_hours=24, reason="Yearly", by=sasha, at=clock.now()
    )
    queued(made.endpoint, lane())
    send(made.endpoint)
    assert receiver.received[0].is_signed_with(made.secret)
    assert receiver.received[0].is_signed_with(new.secret)
    clock.passes(hours=24)
    queued(made.endpoint, lane())
    send(made.endpoint)
    assert not receiver.received[1].is_signed_with(made.secret)
    assert receiver.received[1].is_signed_with(new.secret)
    kept = Endpoint.objects.values_list("secret", "old_secret").get()
    assert not any(secret in each for each in kept for secret in (made.secret, new.secret))


def test_an_ended_endpoint_is_told_nothing(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, sasha: Account
) -> None:
    (one,) = queued(endpoint, lane())
    webhooks.end_endpoint(endpoint.pk, reason="Replaced", by=sasha, at=clock.now())
    assert send(endpoint) == 0
    assert (state_of(one), receiver.received) == ("dropped", [])
    assert Endpoint.objects.values_list("secret", flat=True).get() == ""


def test_a_redirect_is_followed_nowhere(
    endpoint: Endpoint, receiver: Receiver, clock: Clock
) -> None:
    (one,) = queued(endpoint, lane())
    receiver.answers = lambda _one: 307
    assert send(endpoint) == 1
    assert [each.path for each in receiver.received] == ["/hooks"]
    assert Attempt.objects.get(delivery=one).outcome == "refused"


@pytest.mark.requirement(71)
def test_without_a_broker_the_query_finds_what_waits(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(endpoint, lane(), at=datetime(2026, 1, 1, tzinfo=UTC))
    asked: list[Any] = []
    monkeypatch.setattr(
        tasks.tell_endpoint, "apply_async", lambda args, **_: asked.append(tuple(args))
    )
    assert tasks.tell() == 1
    assert asked == [(endpoint.pk, endpoint.site_id)]
    assert tasks.tell_endpoint(*asked[0]) == 1
    assert tasks.tell() == 0


def test_all_of_it_together(
    site: Site,
    receiver: Receiver,
    register: Register,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """T6: late, several times, with poison and a receiver that is often away: each effect once, in its order."""
    chance = random.Random(20261125)
    endpoint = register(site, f"{receiver.url}/hooks").endpoint
    patients = max(1, DELIVERIES // 6)
    held = queued(endpoint, [place for _ in range(patients) for place in lane(messages=6)])
    poison = {str(one.message) for one in chance.sample(held, max(1, len(held) // 50))}
    lanes = {str(one.message): (one.lane, one.sequence) for one in held}
    effects: dict[str, None] = {}
    order: defaultdict[UUID, list[int]] = defaultdict(list)

    def answers(one: Received) -> int | None:
        if one.id in poison:
            return 422
        fate = chance.random()
        if fate < 0.1:
            return chance.choice([500, 503, None])
        if one.id not in effects:
            effects[one.id] = None
            of, sequence = lanes[one.id]
            order[of].append(sequence)
        return 204 if fate < 0.95 else None  # taken, and the answer is lost

    receiver.answers = answers
    for _ in range(400):
        send(endpoint)
        clock.passes(seconds=chance.choice([1, 5, 30, 120]))
        if not Dispatch.objects.filter(state="waiting").exists():
            break
    assert len(effects) == len(held) - len(poison)
    assert all(each == sorted(each) for each in order.values())
    states = Counter(Dispatch.objects.values_list("message", "state"))
    parked = {str(message) for message, state in states if state == "parked"}
    assert parked == poison
    often = Counter(receiver.ids)
    assert all(often[one] == MOST_TRIES for one in poison)


def test_what_waits_behind_the_first_of_its_patient_is_not_looked_at_one_by_one(
    endpoint: Endpoint, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    """A receiver that takes nothing for a day leaves thousands behind a few that are tried again later."""
    blocked = [queued(endpoint, lane(messages=450)) for _ in range(2)]
    first_of_each = [one[0].pk for one in blocked]
    Dispatch.objects.filter(pk__in=first_of_each).update(due_at=clock.moment + timedelta(hours=1))
    with django_assert_max_num_queries(8):
        assert dispatching.claim(endpoint.pk, at=clock.moment) is None
    last = queued(endpoint, lane(), at=clock.moment + timedelta(seconds=1))[0]
    clock.passes(minutes=1)
    with django_assert_max_num_queries(16):
        letter = dispatching.claim(endpoint.pk, at=clock.moment)
    assert letter is not None
    assert letter.dispatch == last.pk


def test_a_first_that_is_due_after_those_behind_it_is_found(
    endpoint: Endpoint, clock: Clock
) -> None:
    """It was tried in between: what stands behind it has been due for longer, and waits all the same."""
    first, *_rest = queued(endpoint, lane(messages=300))
    Dispatch.objects.filter(pk=first.pk).update(due_at=clock.moment + timedelta(minutes=1))
    assert dispatching.claim(endpoint.pk, at=clock.moment) is None
    clock.passes(minutes=2)
    letter = dispatching.claim(endpoint.pk, at=clock.moment)
    assert letter is not None
    assert letter.dispatch == first.pk
