"""A site with people, a delegation log and open parts, and patients who can be screened there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from eligibility import demonstration
from eligibility.actions import Actor, assess, publish
from eligibility.actions.opening import set_part, set_site_part
from eligibility.models import Screening, SiteApproval, Trial
from eligibility.protocols import get
from eligibility.rules.canonical import digest
from patients.actions import Attribution, receive_bundle, record_attestation
from patients.models import Patient
from trialscreen.institution.actions import delegate, name_principal, sign_delegation
from trialscreen.institution.models import Account, Duty, Role, Site, StaffRole

ON = date(2026, 11, 25)
AT = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
SINCE = date(2026, 1, 1)
PROTOCOL = get("NCT00514085")
PASSWORD = "a long enough password"


class Staffed(NamedTuple):
    site: Site
    trial: Trial
    coordinator: Account
    investigator: Account

    @property
    def coordinates(self) -> Actor:
        return Actor.person(self.coordinator)

    @property
    def investigates(self) -> Actor:
        return Actor.person(self.investigator)


def person(username: str, role: Role, site: Site) -> Account:
    account = Account.objects.create_user(username, PASSWORD, name=username.replace(".", " "))
    StaffRole.objects.create(account=account, role=role, site=site, first_day=SINCE)
    return account


def staffed(code: str = "toronto", *, ceiling: int = 40, approval: bool = True) -> Staffed:
    """The site; row security of it has to be in use by the caller. `approval`: its ethics board's is on record."""
    site = Site.objects.get(code=code)
    trial = publish(PROTOCOL).trial
    coordinator = person(f"coordinator.{code}", Role.COORDINATOR, site)
    investigator = person(f"investigator.{code}", Role.INVESTIGATOR, site)
    name_principal(site=site, trial=trial.number, account=investigator, first_day=SINCE)
    for account, duty in (
        (coordinator, Duty.CONFIRM),
        (investigator, Duty.CONFIRM),
        (investigator, Duty.SIGN),
    ):
        entry = delegate(
            site=site,
            trial=trial.number,
            account=account,
            duty=duty,
            first_day=SINCE,
            by=investigator,
        )
        sign_delegation(entry, by=investigator, at=AT)
    for name in ("", "A", "B"):
        part = set_part(trial=trial, name=name, title=name, ceiling=ceiling, opened_on=SINCE)
        if name:
            set_site_part(site=site, part=part, ceiling=None, opened_on=SINCE)
    if approval:
        approved(site, trial, by=investigator)
    return Staffed(site, trial, coordinator, investigator)


def approved(
    site: Site, trial: Trial, *, by: Account, reference: str = "REB 2026-1"
) -> SiteApproval:
    """The approval of the site's ethics board, for as long as it is not withdrawn; its row alone, without the act."""
    return SiteApproval.objects.create(
        site=site,
        trial=trial,
        kind=SiteApproval.ETHICS,
        reference=reference,
        approved_on=SINCE,
        recorded_by=by,
    )


def candidate(
    key: str, site: Site, *, on: date = ON, confirmed: bool = True, source: str = "ehr"
) -> Screening:
    """An invented patient, received and assessed, with the episode that opened by itself; of each source another."""
    told: dict[str, Any] = demonstration.document(key, on=on)
    receipt = receive_bundle(
        demonstration.to_json(told["bundle"]),
        site=site,
        source=source,
        by=Attribution(),
        received_on=on,
    )
    for one in told["attestations"]:
        answer(receipt.patient, one["criterion"], one["answer"], on=one["stated_on"])
    if confirmed:
        confirm_absences(receipt.patient.pk, on=on)
    assess(receipt.patient.pk, protocol=PROTOCOL, on=on)
    return Screening.objects.get(patient=receipt.patient)


def confirm_absences(patient: UUID, *, on: date = ON) -> None:
    """A person says, of everything that rests on nothing being on record, that there is nothing."""
    filed = assess(patient, protocol=PROTOCOL, on=on)
    for criterion in filed.answer["to_confirm"]:
        answer(Patient.objects.get(pk=patient), criterion, "met", on=on.isoformat())


def answer(patient: Patient, criterion: str, said: str, *, on: str) -> None:
    record_attestation(
        patient=patient,
        trial=PROTOCOL.trial,
        criterion=criterion,
        wording_digest=digest(PROTOCOL.criterion(criterion)),
        answer=said,
        stated_on=date.fromisoformat(on),
        by=None,
        by_name="Somebody",
    )
