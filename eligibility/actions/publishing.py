"""Versions of the criteria, from draft to published: submitted, reviewed by somebody else, published.

A version comes with a release of the software. The first of a trial is in force from its set-up on, as there is nobody
yet who could review it; every later one is a draft until two people have seen it.
"""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility import protocols
from eligibility.actions.foreseen import demand_impact
from eligibility.models import (
    ProtocolVersion,
    Signatures,
    Trial,
    VersionEvent,
    VersionState,
)
from eligibility.policies import Moved, NotAllowed, NotNow
from eligibility.publication import (
    OF_STEP,
    Filed,
    Step,
    filed,
    in_force,
    last_number,
    may_follow,
    state_of,
)
from eligibility.rules.protocol import Protocol
from trialscreen.institution.models import Account, Role, StaffRole

BY_SET_UP: Final = "Set-up"
_REVIEWERS: Final = (Role.INVESTIGATOR, Role.ADMINISTRATOR)


class VersionTaken(Exception):
    """The protocol has changed and kept its version: under that version another wording is published already."""

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(
            f"Protocol {protocol.trial}: version {protocol.version} is published with another digest than "
            f"{protocol.digest()}. A protocol that has changed needs a version of its own."
        )


class NotPublished(Exception):
    """A version that two people have not seen is used for no verdict of record."""

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(
            f"Protocol {protocol.trial}: version {protocol.version} is not in force, another one is. "
            "A later version is submitted, reviewed and published first; an earlier release is not to be used."
        )


def publish(protocol: Protocol) -> Filed:
    """The version on record that verdicts are filed under. The first of a trial comes into force by this.

    Raises:
        VersionTaken: another wording is on record under this version.
        NotPublished: another version of the trial is, and nobody has published this one.
    """
    held = filed(protocol.digest())
    if held is None or not held.state:
        held = _set_up(protocol)
    if held.state == VersionState.PUBLISHED:
        return held
    # It was in force when whoever asks began; but a release that is older than what is published assesses nobody.
    carried = {one.digest() for one in protocols.shipped(protocol.trial)}
    now = in_force(protocol.trial)
    if held.state == VersionState.RETIRED and now is not None and now.digest in carried:
        return held
    raise NotPublished(protocol)


def _set_up(protocol: Protocol) -> Filed:
    with transaction.atomic():
        trial, _made = Trial.objects.get_or_create(
            number=protocol.trial, defaults={"title": protocol.title}
        )
        # Two processes may start at the same moment; the second waits here and finds it done.
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        same = ProtocolVersion.objects.filter(trial=trial, version=protocol.version)
        if same.exclude(digest=protocol.digest()).exists():
            raise VersionTaken(protocol)
        if not VersionEvent.objects.filter(trial=trial).exists():
            version = _put_on_record(trial, protocol)
            _file(
                version,
                Step.SET_UP,
                number=1,
                by=None,
                reason="The version that the software was set up with: in force since then.",
            )
    held = filed(protocol.digest())
    if held is None:
        raise NotPublished(protocol)
    return held


def submit(protocol: Protocol, *, reason: str, by: Account, seen: int) -> VersionEvent:
    """Put a version that the release carries on record as a draft, to be reviewed by somebody else.

    Raises:
        VersionTaken: another wording is on record under this version.
        NotAllowed, NotNow, Moved: with the reason.
    """
    _demand(by, (Role.ADMINISTRATOR,), _("Only an administrator submits a version."))
    why = _why(reason)
    with transaction.atomic():
        held = in_force(protocol.trial)
        if held is None:
            raise NotNow("first", _("The first version comes into force with the set-up."))
        same = ProtocolVersion.objects.filter(trial=held.trial_id, version=protocol.version)
        if same.exclude(digest=protocol.digest()).exists():
            raise VersionTaken(protocol)
        version = same.first()
        _demand_step(Step.SUBMIT, state_of(version) if version is not None else "")
        version = version or _put_on_record(held.trial, protocol)
        return _file(version, Step.SUBMIT, number=_next(version, seen), by=by, reason=why)


def send_back(version: ProtocolVersion, *, reason: str, by: Account, seen: int) -> VersionEvent:
    """Say why a version is not to be published as it is, also one that was reviewed. It can be submitted again.

    Whoever submitted it may take it back themselves.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    _demand(by, _REVIEWERS, _("Only an investigator or an administrator sends a version back."))
    why = _why(reason)
    with transaction.atomic():
        _demand_step(Step.SEND_BACK, state_of(version))
        return _file(version, Step.SEND_BACK, number=_next(version, seen), by=by, reason=why)


def review(version: ProtocolVersion, *, statement: str, by: Account, seen: int) -> VersionEvent:
    """Say that a draft is what the amendment asks for. Whoever submitted it does not say so.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    _demand(by, _REVIEWERS, _("Only an investigator or an administrator reviews a version."))
    why = _why(statement)
    with transaction.atomic():
        _demand_step(Step.REVIEW, state_of(version))
        if VersionEvent.objects.filter(version=version, act=Step.SUBMIT, by=by).exists():
            raise NotAllowed(
                "own", _("You submitted this version: somebody else has to review it.")
            )
        return _file(version, Step.REVIEW, number=_next(version, seen), by=by, reason=why)


def put_in_force(
    version: ProtocolVersion, *, signatures: str, reason: str, by: Account, seen: int
) -> VersionEvent:
    """Publish a reviewed version, from now on; the one in force until now is retired by it.

    Old verdicts stay as they were filed. Every patient is assessed again, since the version of their assessment is no
    longer the one in force.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    _demand(by, (Role.ADMINISTRATOR,), _("Only an administrator publishes a version."))
    why = _why(reason)
    if signatures not in Signatures.values:
        raise NotNow("signatures", _("Say what becomes of the signatures given so far."))
    with transaction.atomic():
        _demand_step(Step.PUBLISH, state_of(version))
        number = _next(version, seen)
        trial = version.trial.number
        if version.digest not in {one.digest() for one in protocols.shipped(trial)}:
            raise NotNow("release", _("The software that runs does not carry this version."))
        demand_impact(version)
        former = in_force(trial)
        done = _file(version, Step.PUBLISH, number=number, by=by, reason=why, signatures=signatures)
        if former is not None:
            said = _("Version %(version)s took its place.") % {"version": version.version}
            _file(former, Step.RETIRE, number=number + 1, by=by, reason=said)
    return done


def _put_on_record(trial: Trial, protocol: Protocol) -> ProtocolVersion:
    version, _made = ProtocolVersion.objects.get_or_create(
        trial=trial,
        version=protocol.version,
        defaults={"digest": protocol.digest(), "canonical": protocol.canonical()},
    )
    return version


def _demand(by: Account, roles: tuple[Role, ...], sentence: str) -> None:
    held = StaffRole.objects.on(timezone.localdate()).filter(account=by, role__in=roles)
    if not held.filter(account__is_active=True).exists():
        raise NotAllowed("role", sentence)


def _demand_step(step: Step, state: str) -> None:
    if not may_follow(step, state):
        raise NotNow("state", str(OF_STEP[step].otherwise))


def _why(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise NotNow("reason", _("Say why."))
    return said


def _next(version: ProtocolVersion, seen: int) -> int:
    """The number of the next event, when nothing has happened since `seen`."""
    if last_number(version.trial.number) != seen:
        raise _moved()
    return seen + 1


def _file(
    version: ProtocolVersion,
    step: Step,
    *,
    number: int,
    by: Account | None,
    reason: str,
    signatures: str = "",
) -> VersionEvent:
    passage = OF_STEP[step]
    try:
        with transaction.atomic():
            return VersionEvent.objects.create(
                trial_id=version.trial_id,
                version=version,
                number=number,
                act=step,
                before=state_of(version),
                after=passage.target,
                signatures=signatures,
                reason=reason,
                by=by,
                by_name=(by.name or by.username) if by is not None else BY_SET_UP,
            )
    except IntegrityError:
        raise _moved() from None


def _moved() -> Moved:
    return Moved("moved", _("Somebody else has done something since: look at it again."))
