"""Eleven episodes of ten patients at two sites, small enough to be counted by hand.

Toronto (all of trial NCT00514085), opened on 1 Sep 2026 unless said otherwise:

    1  registered on 15 Sep, part A, subject 1          14 days from opening, started on 3 Sep: 12
    2  registered on 21 Sep, part B, subject 2          20 days, started on 1 Sep: 20
    3  ineligible on 5 Sep: platelets alone             4 days, started on 2 Sep: 3
    4  ineligible on 11 Sep: platelets and bilirubin    10 days, started on 1 Sep: 10
    5  declined on 3 Sep, too far to travel             2 days, never started
    6  ineligible on 7 Sep: bilirubin alone             6 days, started on 1 Sep: 6; followed by 7
    7  the same patient again, opened on 10 Sep, in screening
    8  candidate
    9  signed, after one voided confirmation; a deviation

Montreal: 1 lost on 9 Sep (8 days, started on 1 Sep: 8), 2 deceased on 2 Sep (1 day, never started).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

from eligibility.actions import publish
from eligibility.actions.opening import set_part
from eligibility.models import (
    Assessment,
    Determination,
    Deviation,
    Event,
    Registration,
    Screening,
    SignOff,
    State,
    Trial,
    TrialPart,
    Voiding,
)
from eligibility.protocols import get
from patients.models import Demographics, Patient
from tests.eligibility.stored import make_site
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

PROTOCOL = get("NCT00514085")
SEPTEMBER = date(2026, 9, 1)
PASSWORD = "a long enough password"


def account(username: str, role: Role, site: Site | None = None) -> Account:
    made = Account.objects.create_user(username, PASSWORD, name=username.replace(".", " ").title())
    StaffRole.objects.create(account=made, role=role, site=site, first_day=date(2026, 1, 1))
    return made


@contextmanager
def at(day: int) -> Iterator[datetime]:
    """Rows made within are of noon UTC on that day of September."""
    moment = datetime(2026, 9, day, 16, 0, tzinfo=UTC)
    with patch("django.utils.timezone.now", return_value=moment):
        yield moment


class Book:
    """Makes episodes of one site with their events on given days."""

    def __init__(self, site: Site, trial: Trial, by: Account, other: Account) -> None:
        self.site, self.trial, self.by, self.other = site, trial, by, other
        self.last = 0

    def open(
        self, *, day: int = 1, born: date = date(1970, 5, 1), sex: str = "female", name: str = "Ada"
    ) -> Screening:
        patient = Patient.objects.create(site=self.site)
        Demographics.objects.create(
            site=self.site,
            patient=patient,
            family_name="Lovelace",
            given_name=name,
            birth_first=born,
            birth_last=born,
            sex=sex,
            fact={},
            since_version=1,
        )
        return self._episode(patient, day, None)

    def again(self, previous: Screening, *, day: int) -> Screening:
        return self._episode(previous.patient, day, previous)

    def _episode(self, patient: Patient, day: int, previous: Screening | None) -> Screening:
        self.last += 1
        held = Screening.objects.create(
            site=self.site,
            patient=patient,
            trial=self.trial,
            number=self.last,
            episode=previous.episode + 1 if previous else 1,
            previous=previous,
            opened_on=SEPTEMBER + timedelta(days=day - 1),
        )
        self.event(held, "open", State.CANDIDATE, day)
        return held

    def event(
        self,
        held: Screening,
        transition: str,
        to: State,
        day: int,
        *,
        reason: str = "",
        criteria: tuple[str, ...] = (),
    ) -> Event:
        with at(day):
            held.version += 1
            made = Event.objects.create(
                site=self.site,
                screening=held,
                sequence=held.version,
                transition=transition,
                from_state=held.state,
                to_state=to,
                by=self.by,
                by_name=self.by.name,
                reason=reason,
                note="Mrs Lovelace, telephone 555-0100, is my neighbour",
                detail={"criteria": list(criteria)} if criteria else {},
            )
        held.state = to
        held.save(update_fields=("state", "version"))
        return made

    def start(self, held: Screening, day: int) -> None:
        self.event(held, "start", State.IN_SCREENING, day)

    def close(self, held: Screening, to: State, day: int, reason: str, *criteria: str) -> None:
        self.event(held, "close", to, day, reason=reason, criteria=criteria)

    def confirm(self, held: Screening, day: int) -> Determination:
        event = self.event(held, "confirm", State.CONFIRMED, day)
        with at(day):
            return Determination.objects.create(
                site=self.site,
                screening=held,
                event=event,
                assessment=self.assessed(held),
                by=self.by,
                by_name=self.by.name,
                covers={},
                digest="sha256:covers",
            )

    def void(self, standing: Determination, day: int) -> None:
        event = self.event(standing.screening, "void", State.IN_SCREENING, day)
        with at(day):
            Voiding.objects.create(site=self.site, determination=standing, event=event, changes=[])

    def sign(self, standing: Determination, day: int) -> SignOff:
        event = self.event(standing.screening, "sign", State.SIGNED, day)
        with at(day) as moment:
            return SignOff.objects.create(
                site=self.site,
                determination=standing,
                event=event,
                confirmed_by=self.by,
                by=self.other,
                by_name=self.other.name,
                at=moment,
                meaning="It is so.",
                digest="sha256:signed",
            )

    def register(self, held: Screening, day: int, part: TrialPart, number: int) -> None:
        signature = self.sign(self.confirm(held, day - 2), day - 1)
        event = self.event(held, "register", State.REGISTERED, day)
        with at(day):
            Registration.objects.create(
                site=self.site,
                screening=held,
                event=event,
                sign_off=signature,
                trial=self.trial,
                part=part,
                subject_number=number,
                registered_on=date(2026, 9, day),
                consent_version="3",
                consent_on=date(2026, 9, 1),
            )

    def assessed(self, held: Screening) -> Assessment:
        return Assessment.objects.create(
            site=self.site,
            patient=held.patient,
            protocol_version=publish(PROTOCOL),
            record_version=held.version,
            on=held.opened_on,
            engine="1",
            dictionary="1",
            status="eligible",
            verdicts="m" * 40,
            answer={},
        )


def counted() -> tuple[Site, Site]:
    """The episodes of the table above; Toronto and Montreal."""
    trial = publish(PROTOCOL).trial
    toronto, montreal = make_site("toronto"), make_site("montreal")
    anna = account("anna.larose", Role.COORDINATOR, toronto)
    ivan = account("ivan.petrov", Role.INVESTIGATOR, toronto)
    set_part(trial=trial, name="", title="", ceiling=40, opened_on=SEPTEMBER)
    a = set_part(trial=trial, name="A", title="", ceiling=30, opened_on=SEPTEMBER)
    b = set_part(trial=trial, name="B", title="", ceiling=10, opened_on=SEPTEMBER)
    with use_sites([toronto.pk]):
        _toronto(Book(toronto, trial, anna, ivan), a, b)
    with use_sites([montreal.pk]):
        _montreal(Book(montreal, trial, anna, ivan))
    return toronto, montreal


def _toronto(book: Book, a: TrialPart, b: TrialPart) -> None:
    registered = book.open(born=date(1960, 9, 1))
    book.start(registered, 3)
    book.register(registered, 15, a, 1)
    second = book.open(born=date(1930, 1, 1), sex="male")
    book.start(second, 1)
    book.register(second, 21, b, 2)
    third = book.open()
    book.start(third, 2)
    book.close(third, State.INELIGIBLE, 5, "failed-criteria", "platelets")
    fourth = book.open()
    book.start(fourth, 1)
    book.close(fourth, State.INELIGIBLE, 11, "failed-criteria", "platelets", "bilirubin-normal")
    book.close(book.open(), State.DECLINED, 3, "distance")
    sixth = book.open()
    book.start(sixth, 1)
    book.close(sixth, State.INELIGIBLE, 7, "failed-criteria", "bilirubin-normal")
    book.start(book.again(sixth, day=10), 10)
    book.open()
    ninth = book.open()
    book.start(ninth, 1)
    book.void(book.confirm(ninth, 2), 3)
    book.sign(book.confirm(ninth, 4), 5)
    Deviation.objects.create(
        site=book.site,
        screening=ninth,
        text="Mrs Lovelace came a day late",
        occurred_on=SEPTEMBER,
        by_name="Anna",
    )


def _montreal(book: Book) -> None:
    lost = book.open()
    book.start(lost, 1)
    book.close(lost, State.LOST, 9, "no-contact")
    book.close(book.open(), State.DECEASED, 2, "died")
