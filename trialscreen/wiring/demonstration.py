"""The demonstration: seven sites, six known accounts and invented patients, in a database of their own.

Everything goes in as it would at a hospital: patients through the one door for Bundles, answers as attestations.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from eligibility import demonstration, protocols
from eligibility.actions import publish
from eligibility.actions.approving import record_approval
from eligibility.actions.opening import set_part, set_site_part
from eligibility.models import SiteApproval, Trial, TrialPart
from eligibility.rules.canonical import digest
from patients.actions import Attribution, receive_bundle, record_attestation, set_aside_record
from patients.actions.receive import FHIR_ID
from patients.models import Patient, PatientIdentifier
from trialscreen.institution.actions import delegate, name_principal, sign_delegation
from trialscreen.institution.models import Account, Delegation, Duty, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

TRIAL: Final = "NCT00514085"
SOURCE: Final = "demonstration"
ACCRUAL: Final = 40
"""The accrual target of the registry record."""
PARTS: Final = (
    ("", "The whole trial"),
    ("A", "Part A: days 1-5 of weeks 1, 3 and 5 of 8"),
    ("B", "Part B: days 1-5 of weeks 1 and 3 of 6"),
)
MAIL: Final = "@demonstration.invalid"
"""No such address can exist; by it an account is known to be the demonstration's."""


class Post(NamedTuple):
    """A demonstration account, and what it is for."""

    username: str
    name: str
    role: Role
    site: str = ""


POSTS: Final = (
    Post("coordinator.edmonton", "Morgan Bellerose (invented)", Role.COORDINATOR, "edmonton"),
    Post("investigator.edmonton", "Dr Imogen Vautour (invented)", Role.INVESTIGATOR, "edmonton"),
    Post("coordinator.montreal", "Camille Desautels (invented)", Role.COORDINATOR, "montreal"),
    Post("investigator.montreal", "Dr Théo Marchand (invented)", Role.INVESTIGATOR, "montreal"),
    Post("monitor", "Robin Achterberg (invented)", Role.MONITOR),
    Post("administrator", "Sasha Lindqvist (invented)", Role.ADMINISTRATOR),
)


class NotTheDemonstrations(Exception):
    """The database belongs to somebody else; nothing was changed."""


def prepare(password: str) -> None:
    """The trial, the sites and the accounts; those that are there already stay.

    Raises:
        NotTheDemonstrations: the database holds sites or accounts that a demonstration has not made.
    """
    with transaction.atomic():
        if not Account.objects.filter(email__endswith=MAIL).exists() and (
            Site.objects.exists() or Account.objects.exists()
        ):
            raise NotTheDemonstrations
        trial = publish(protocols.get(TRIAL)).trial
        for centre in demonstration.CENTRES:
            day = timezone.localdate() - timedelta(days=365)
            Site.objects.get_or_create(
                code=centre.code,
                defaults={
                    "name": centre.name,
                    "city": centre.city,
                    "postal_code": centre.postal_code,
                    "time_zone": centre.time_zone,
                    "opened_on": day,
                },
            )
        _accounts(password)
        _approve(trial)
        _open(trial)
        _delegate()


def _open(trial: Trial) -> None:
    """The trial, both of its parts, and both at every site."""
    since = timezone.localdate() - timedelta(days=300)
    for name, title in PARTS:
        if TrialPart.objects.filter(trial=trial, name=name).exists():
            continue
        part = set_part(trial=trial, name=name, title=title, ceiling=ACCRUAL, opened_on=since)
        for site in Site.objects.all() if name else ():
            with use_sites([site.pk]):
                set_site_part(site=site, part=part, ceiling=None, opened_on=since)


def _approve(trial: Trial) -> None:
    """Every site has the approval of its ethics board since before it opened, recorded by the administrator."""
    given = timezone.localdate() - timedelta(days=330)
    by = Account.objects.get(username="administrator")
    for site in Site.objects.all():
        with use_sites([site.pk]):
            if SiteApproval.objects.filter(site=site, trial=trial).exists():
                continue
            record_approval(
                site=site,
                trial=trial,
                kind=SiteApproval.ETHICS,
                reference=f"REB {site.code}-1 (invented)",
                approved_on=given,
                expires_on=None,
                by=by,
                at=timezone.now(),
            )


def _delegate() -> None:
    """The investigators answer for their sites, and have delegated what their people do."""
    since = timezone.localdate() - timedelta(days=300)
    held = {one.username: one for one in Account.objects.filter(email__endswith=MAIL)}
    for site in Site.objects.filter(code__in={post.site for post in POSTS if post.site}):
        coordinator = held[f"coordinator.{site.code}"]
        investigator = held[f"investigator.{site.code}"]
        name_principal(site=site, trial=TRIAL, account=investigator, first_day=since)
        if Delegation.objects.filter(site=site, trial=TRIAL).exists():
            continue
        for account, duty in (
            (coordinator, Duty.CONFIRM),
            (investigator, Duty.CONFIRM),
            (investigator, Duty.SIGN),
        ):
            entry = delegate(
                site=site,
                trial=TRIAL,
                account=account,
                duty=duty,
                first_day=since,
                by=investigator,
            )
            sign_delegation(entry, by=investigator, at=timezone.now())


def _accounts(password: str) -> None:
    held = Account.objects.filter(username__in=[post.username for post in POSTS])
    kept = list(held)
    if len(kept) == len(POSTS) and all(one.is_active for one in kept):
        if not kept[0].check_password(password):
            held.update(password=make_password(password))
        return
    for post in POSTS:
        account, _ = Account.objects.get_or_create(
            username=post.username, defaults={"name": post.name, "email": post.username + MAIL}
        )
        site = Site.objects.get(code=post.site) if post.site else None
        if not account.roles.exists():
            first = timezone.localdate() - timedelta(days=365)
            StaffRole.objects.create(account=account, role=post.role, site=site, first_day=first)
    held.update(password=make_password(password), is_active=True)


def withdraw() -> int:
    """Close the accounts whose names and password are known: this is no demonstration any more."""
    return Account.objects.filter(email__endswith=MAIL, is_active=True).update(is_active=False)


def missing() -> list[str]:
    """Keys of the invented patients that have not been received yet, in the catalogue's order."""
    held: set[str] = set()
    for site in Site.objects.all():
        with use_sites([site.pk]):
            held.update(
                PatientIdentifier.objects.filter(source=SOURCE, system=FHIR_ID).values_list(
                    "value", flat=True
                )
            )
    return [
        one.key
        for one in demonstration.catalogue()
        if demonstration.patient_id(one.key) not in held
    ]


def receive(key: str, *, code: str = "") -> None:
    """One invented patient with the answers given, dated as of today at the site, all or nothing.

    `code` names another site than the patient's own.
    """
    site = Site.objects.get(code=code or demonstration.centre_of(key).code)
    today = timezone.localdate(timezone=site.zone)
    told: dict[str, Any] = demonstration.document(key, on=today)
    by = Account.objects.get(username="administrator")
    with use_sites([site.pk]):
        receipt = receive_bundle(
            demonstration.to_json(told["bundle"]),
            site=site,
            source=SOURCE,
            by=Attribution(person=by),
            received_on=today,
        )
        if not receipt.created:
            return  # somebody else has been quicker
        patient = receipt.patient
        for reference in told.get("set_aside", ()):
            set_aside_record(
                patient=patient,
                site=site,
                source=SOURCE,
                ref=reference,
                reason="entered-in-error",
                note="",
                by=by,
            )
        _state(patient, told["attestations"])


def _state(patient: Patient, statements: list[dict[str, str]]) -> None:
    wordings = {one.id: digest(one) for one in protocols.get(TRIAL).criteria}
    for one in statements:
        record_attestation(
            patient=patient,
            trial=TRIAL,
            criterion=one["criterion"],
            wording_digest=wordings[one["criterion"]],
            answer=one["answer"],
            stated_on=date.fromisoformat(one["stated_on"]),
            by=None,
            by_name=one["by"],
            detail=one.get("detail", ""),
        )
