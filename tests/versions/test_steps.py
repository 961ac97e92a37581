"""Draft, reviewed, published, retired: what may follow what, by whom, and what is told to everybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import ProgrammingError, connection, transaction

from eligibility import checks, protocols, tasks
from eligibility.actions import NotPublished, publish
from eligibility.actions.publishing import put_in_force, review, send_back, submit
from eligibility.models import ProtocolVersion, VersionEvent, VersionState
from eligibility.policies import Moved, NotAllowed, NotNow, Refusal
from eligibility.publication import (
    OF_STEP,
    TABLE,
    Step,
    in_force,
    last_number,
    may_follow,
    state_of,
)
from eligibility.rules.protocol import Protocol
from tests.rules.amended import PROTOCOL, with_platelets
from tests.versions import steps
from trialscreen.institution.models import Account

pytestmark = pytest.mark.django_db
TRIAL = PROTOCOL.trial


@pytest.mark.requirement(78)
def test_the_first_version_is_in_force_with_the_set_up(first: ProtocolVersion) -> None:
    (event,) = VersionEvent.objects.all()
    assert (event.act, event.before, event.after, event.by) == ("set-up", "", "published", None)
    assert "set up with" in event.reason
    assert protocols.get(TRIAL) is PROTOCOL


@pytest.mark.requirement(78)
def test_from_draft_to_retired_by_two_people(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, imogen: Account
) -> None:
    version = steps.submitted(tighter, by=sasha)
    assert (state_of(version), protocols.get(TRIAL)) == ("draft", PROTOCOL)
    with pytest.raises(NotPublished):
        publish(tighter)
    seen = last_number(TRIAL)
    review(version, statement="Read against amendment 7", by=imogen, seen=seen)
    assert (state_of(version), protocols.get(TRIAL)) == ("reviewed", PROTOCOL)
    steps.in_force(version, by=sasha)
    assert [state_of(one) for one in (first, version)] == ["retired", "published"]
    assert protocols.get(TRIAL) is tighter
    assert in_force(TRIAL) == version
    told = VersionEvent.objects.values_list("number", "act", "before", "after", "by_name")
    assert list(told) == [
        (1, "set-up", "", "published", "Set-up"),
        (2, "submit", "", "draft", "Sasha"),
        (3, "review", "draft", "reviewed", "Imogen"),
        (4, "publish", "reviewed", "published", "Sasha"),
        (5, "retire", "published", "retired", "Sasha"),
    ]


def tries() -> Iterator[tuple[Step, str]]:
    """Every step from every state that the table does not lead it from."""
    for passage in TABLE:
        for state in ("", *VersionState.values):
            if not may_follow(passage.step, state):
                yield passage.step, state


@pytest.mark.requirement(78)
@pytest.mark.parametrize(("step", "state"), list(tries()))
def test_a_step_that_is_not_in_the_table_is_refused(
    step: Step,
    state: str,
    first: ProtocolVersion,
    tighter: Protocol,
    sasha: Account,
    imogen: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acts: dict[Step, Callable[[ProtocolVersion, int], object]] = {
        Step.SUBMIT: lambda _one, seen: submit(tighter, reason="Why", by=sasha, seen=seen),
        Step.REVIEW: lambda one, seen: review(one, statement="Read", by=imogen, seen=seen),
        Step.SEND_BACK: lambda one, seen: send_back(one, reason="Not so", by=imogen, seen=seen),
        Step.PUBLISH: lambda one, seen: put_in_force(
            one, signatures="keep", reason="Now", by=sasha, seen=seen
        ),
    }
    if step not in acts or (not state and step is not Step.SUBMIT):
        return  # nobody asks for it: it comes with another step, or there is nothing to ask about
    version = steps.submitted(tighter, by=sasha)
    if state == VersionState.RETURNED:
        version = steps.sent_back(version, by=imogen)
    elif state != VersionState.DRAFT:
        version = steps.review_of(version, by=imogen)
    if state in (VersionState.PUBLISHED, VersionState.RETIRED):
        steps.in_force(version, by=sasha)
    if state == VersionState.RETIRED:
        later = with_platelets("2028-01-01.1", 160)
        monkeypatch.setitem(protocols._AMENDED, TRIAL, (tighter, later))
        steps.published(later, by=sasha, reviewer=imogen)
    assert state_of(version) == state
    before = VersionEvent.objects.count()
    with pytest.raises(NotNow) as refused:
        acts[step](version, last_number(TRIAL))
    assert refused.value.sentence == str(OF_STEP[step].otherwise)
    assert VersionEvent.objects.count() == before


@pytest.mark.requirement(78)
def test_a_version_is_sent_back_with_a_reason_and_comes_again(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, olive: Account, imogen: Account
) -> None:
    version = steps.reviewed(tighter, by=sasha, reviewer=imogen)
    with pytest.raises(NotNow, match="Say why"):
        send_back(version, reason=" ", by=olive, seen=3)
    with pytest.raises(Moved, match="look at it again"):
        send_back(version, reason="Not so", by=olive, seen=2)
    steps.sent_back(version, by=olive)
    assert state_of(version) == "returned"
    assert protocols.get(TRIAL) is PROTOCOL
    with pytest.raises(NotNow, match="Only a draft is reviewed"):
        review(version, statement="Read", by=imogen, seen=4)
    assert steps.submitted(tighter, by=olive) == version
    for who in (sasha, olive):
        with pytest.raises(NotAllowed, match="You submitted this version"):
            review(version, statement="Read", by=who, seen=5)
    with pytest.raises(NotNow, match="Only a version that was reviewed"):
        put_in_force(version, signatures="keep", reason="Now", by=sasha, seen=5)
    steps.review_of(version, by=imogen)
    told = VersionEvent.objects.values_list("act", "before", "after", "by_name", "reason")
    assert list(told)[3:5] == [
        ("send-back", "reviewed", "returned", "Olive", "Not the limit of amendment 7"),
        ("submit", "returned", "draft", "Olive", "Amendment 7"),
    ]


@pytest.mark.requirement(78)
def test_nobody_reviews_what_they_submitted(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, olive: Account
) -> None:
    version = steps.submitted(tighter, by=sasha)
    with pytest.raises(NotAllowed, match="somebody else has to review it"):
        review(version, statement="Read", by=sasha, seen=last_number(TRIAL))
    review(version, statement="Read", by=olive, seen=last_number(TRIAL))
    steps.in_force(version, by=sasha)  # whoever submitted may publish: somebody else has seen it


def test_who_may(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, imogen: Account, carol: Account
) -> None:
    for nobody in (imogen, carol):
        with pytest.raises(NotAllowed, match="Only an administrator submits"):
            submit(tighter, reason="Why", by=nobody, seen=1)
    version = steps.submitted(tighter, by=sasha)
    with pytest.raises(NotAllowed, match="Only an investigator or an administrator reviews"):
        review(version, statement="Read", by=carol, seen=2)
    with pytest.raises(NotAllowed, match="Only an investigator or an administrator sends"):
        send_back(version, reason="Not so", by=carol, seen=2)
    review(version, statement="Read", by=imogen, seen=2)
    with pytest.raises(NotAllowed, match="Only an administrator publishes"):
        put_in_force(version, signatures="keep", reason="Now", by=imogen, seen=3)


def test_reasons_choices_and_what_was_seen(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, imogen: Account
) -> None:
    with pytest.raises(NotNow, match="Say why"):
        submit(tighter, reason=" ", by=sasha, seen=1)
    with pytest.raises(Moved, match="look at it again"):
        submit(tighter, reason="Why", by=sasha, seen=0)
    version = steps.reviewed(tighter, by=sasha, reviewer=imogen)
    with pytest.raises(NotNow, match="what becomes of the signatures"):
        put_in_force(version, signatures="", reason="Now", by=sasha, seen=3)
    assert VersionEvent.objects.count() == 3


def test_what_the_software_does_not_carry_is_not_published(
    first: ProtocolVersion,
    tighter: Protocol,
    sasha: Account,
    imogen: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = steps.reviewed(tighter, by=sasha, reviewer=imogen)
    monkeypatch.setitem(protocols._AMENDED, TRIAL, ())
    with pytest.raises(NotNow, match="does not carry this version"):
        steps.in_force(version, by=sasha)


@pytest.mark.requirement(78)
def test_a_release_without_the_version_in_force_assesses_nobody(
    first: ProtocolVersion,
    tighter: Protocol,
    sasha: Account,
    imogen: Account,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    steps.published(tighter, by=sasha, reviewer=imogen)
    assert publish(PROTOCOL).pk == first.pk, "whoever had begun under it comes to an end"
    assert checks.versions_agree_with_the_database(["default"]) == []
    monkeypatch.setitem(protocols._AMENDED, TRIAL, ())
    (fault,) = checks.versions_agree_with_the_database(["default"])
    assert (fault.id, tighter.version in fault.msg) == ("eligibility.E004", True)
    with pytest.raises(NotPublished, match="an earlier release is not to be used"):
        publish(PROTOCOL)
    with caplog.at_level("ERROR"):
        assert tasks.assess_overtaken() == 0
    assert "another protocol version is published: nobody is assessed" in caplog.text


@pytest.mark.requirement(78)
def test_events_are_never_edited(first: ProtocolVersion) -> None:
    for statement in ("UPDATE {} SET reason = 'x'", "DELETE FROM {}"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format("eligibility_versionevent"))


@pytest.mark.requirement(78)
@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told(
    first: ProtocolVersion, tighter: Protocol, sasha: Account, olive: Account, imogen: Account
) -> None:
    version = steps.reviewed(tighter, by=sasha, reviewer=imogen)
    steps.foreseen(version, by=sasha)
    together, seen = Barrier(2), last_number(TRIAL)

    def try_it(by: Account) -> str:
        try:
            together.wait(timeout=30)
            put_in_force(version, signatures="keep", reason="Now", by=by, seen=seen)
        except Refusal as refused:
            return refused.sentence
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(try_it, (sasha, olive)))
    assert said[0] == ""
    assert "look at it again" in said[1] or "Only a version that was reviewed" in said[1]
    assert VersionEvent.objects.filter(act="publish").count() == 1
    assert in_force(TRIAL) == version
