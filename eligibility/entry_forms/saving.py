"""Handing a form that is right to the action that files it; what the action refuses is said in the form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from eligibility.actions.entering import count_again, set_aside, state
from eligibility.entry_forms.base import EntryForm, FactForm
from eligibility.entry_forms.correcting import BirthForm, CorrectionForm
from eligibility.entry_forms.judging import AgainForm, SetAsideForm, StatementForm
from eligibility.policies import Refusal
from patients.actions import Attribution
from patients.actions.correcting import (
    Correction,
    NotCorrectable,
    correct_fact,
    correct_person,
)
from patients.actions.entering import enter
from patients.intake.corrections import NotHere
from patients.intake.problems import Refused
from patients.signals import MayNotSetAside
from trialscreen.institution.models import Account

NAMELESS = (
    "The source gave this record no id by which a version of it could be told: correct it there."
)


def save(form: EntryForm, *, by: Account, at: datetime) -> bool:
    """File what a form says, whole or not at all; False with the reason in the form where it is refused."""
    try:
        _save(form, by, at)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
    except Refused as refused:
        form.refuse(refused)
    except NotHere as fault:
        form.add_error(fault.field if fault.field in form.fields else None, fault.detail)
    except MayNotSetAside as refusal:
        form.add_error(None, refusal.sentence)
    except NotCorrectable:
        form.add_error(None, NAMELESS)
    return not form.errors


def _save(form: EntryForm, by: Account, at: datetime) -> None:
    match form:
        case StatementForm():
            _state(form, by)
        case SetAsideForm():
            _set_aside(form, by)
        case AgainForm():
            _count_again(form, by, at)
        case CorrectionForm():
            _correct(form, by, at)
        case BirthForm():
            said = _correction(form, form.said(), by, at)
            correct_person(said, patient=form.desk.patient, site=form.desk.patient.site)
        case FactForm():
            desk = form.desk
            enter(
                *form.facts(),
                patient=desk.patient,
                site=desk.patient.site,
                by=Attribution(person=by),
                received_on=desk.today,
                new_id=form.new_id(),
            )


def _state(form: StatementForm, by: Account) -> None:
    desk = form.desk
    state(
        form.said(),
        patient=desk.patient,
        criterion=desk.criterion,
        protocol=desk.protocol,
        by=by,
        on=desk.today,
    )


def _set_aside(form: SetAsideForm, by: Account) -> None:
    desk, given = form.desk, form.cleaned_data
    held = desk.held(given["record"])
    assert held is not None
    set_aside(
        patient=desk.patient,
        source=held.source,
        ref=held.ref,
        reason=given["reason"],
        note=given["note"],
        by=by,
    )


def _count_again(form: AgainForm, by: Account, at: datetime) -> None:
    desk, given = form.desk, form.cleaned_data
    aside = next(one for one in desk.asides if str(one.pk) == given["record"])
    count_again(
        patient=desk.patient,
        source=aside.source,
        ref=aside.ref,
        note=given["note"],
        by=by,
        on=desk.today,
        at=at,
    )


def _correct(form: CorrectionForm, by: Account, at: datetime) -> None:
    desk, held, said = form.desk, form.held, form.said()
    correct_fact(
        _correction(form, said, by, at),
        patient=desk.patient,
        site=desk.patient.site,
        source=held.source,
        ref=held.ref,
        kind=held.kind,
    )


def _correction(form: EntryForm, said: dict[str, Any], by: Account, at: datetime) -> Correction:
    reason = form.cleaned_data["reason"]
    return Correction(said, Attribution(person=by), reason, form.desk.today, at)
