"""The acts with an episode, each with its form and what is done with what the form says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from eligibility import actions
from eligibility.actions import Actor, Look
from eligibility.models import Screening
from eligibility.presenters.screenings import WORDS
from eligibility.rules.protocol import Protocol
from eligibility.screening_forms import (
    ActForm,
    CloseForm,
    ConfirmForm,
    DeclineForm,
    RegisterForm,
    RescreenForm,
    SignForm,
    StartForm,
)
from eligibility.workflow import Act
from trialscreen.institution.sign_in.signing import Shown


class Asked(NamedTuple):
    """Who wants an act on which episode, and when."""

    held: Screening
    by: Actor
    protocol: Protocol
    at: datetime
    on: date
    shown: Shown | None = None
    """What is shown at signing instead of a password."""


class Door(NamedTuple):
    """The page of one act."""

    act: Act
    form: type[ActForm]
    do: Callable[[Asked, Any], object]
    reads: bool = False
    """What was judged is read before."""


def _start(asked: Asked, form: StartForm) -> None:
    actions.start(asked.held.pk, by=asked.by, on=asked.on, seen=form.cleaned_data["version"])


def _confirm(asked: Asked, form: ConfirmForm) -> None:
    seen = Look(form.cleaned_data["version"], form.cleaned_data["record"])
    actions.confirm(asked.held.pk, by=asked.by, protocol=asked.protocol, on=asked.on, seen=seen)


def _sign(asked: Asked, form: SignForm) -> None:
    said = form.cleaned_data
    actions.sign(
        asked.held.pk,
        by=asked.by,
        password=asked.shown or said["password"],
        protocol=asked.protocol,
        at=asked.at,
        on=asked.on,
        seen=said["version"],
        record=said["record"],
    )


def _decline(asked: Asked, form: DeclineForm) -> None:
    said = form.cleaned_data
    actions.decline_to_sign(
        asked.held.pk, by=asked.by, on=asked.on, seen=said["version"], note=said["note"]
    )


def _register(asked: Asked, form: RegisterForm) -> None:
    said = form.cleaned_data
    actions.register(
        asked.held.pk,
        by=asked.by,
        protocol=asked.protocol,
        on=asked.on,
        seen=said["version"],
        part=said["part"],
        consent_version=said["consent_version"],
        consent_on=said["consent_on"],
    )


def _close(asked: Asked, form: CloseForm) -> None:
    to, reason = form.ending()
    actions.close(
        asked.held.pk,
        by=asked.by,
        protocol=asked.protocol,
        on=asked.on,
        seen=form.cleaned_data["version"],
        to=to,
        reason=reason,
        note=form.cleaned_data["note"],
    )


def _rescreen(asked: Asked, form: RescreenForm) -> None:
    said = form.cleaned_data
    actions.rescreen(
        asked.held.pk,
        by=asked.by,
        protocol=asked.protocol,
        on=asked.on,
        seen=said["version"],
        note=said["note"],
    )


DOORS: Mapping[str, Door] = {
    WORDS[door.act]: door
    for door in (
        Door(Act.START, StartForm, _start),
        Door(Act.CONFIRM, ConfirmForm, _confirm, reads=True),
        Door(Act.SIGN, SignForm, _sign, reads=True),
        Door(Act.RETURN, DeclineForm, _decline),
        Door(Act.REGISTER, RegisterForm, _register),
        Door(Act.CLOSE, CloseForm, _close),
        Door(Act.RESCREEN, RescreenForm, _rescreen),
    )
}
