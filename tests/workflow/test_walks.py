"""Walks through the workflow that nobody has thought of, beside a model of a few lines.

People of several roles try any act in any state, with fresh or stale versions, while results, answers and corrections
arrive, places run out and parts close. The product does what the model allows, and refuses the rest in a sentence.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from eligibility.actions import (
    Look,
    assess,
    confirm,
    decline_to_sign,
    give_reason,
    register,
    rescreen,
    sign,
    start,
)
from eligibility.actions.episodes import close
from eligibility.models import (
    OPEN,
    Determination,
    Event,
    Registration,
    Retest,
    RetestReason,
    Screening,
    SignOff,
    State,
    TrialPart,
    Voiding,
)
from eligibility.policies import Refusal
from eligibility.workflow import OF_ACT, Act
from patients.models import Patient
from tests.eligibility.stored import make_site
from tests.workflow.staffed import (
    AT,
    ON,
    PASSWORD,
    PROTOCOL,
    Staffed,
    answer,
    candidate,
    person,
    staffed,
)
from trialscreen.institution.models import Role, Site
from trialscreen.institution.scope import use_sites

WALKS = int(os.environ.get("WALKS", "8"))
STEPS = 14
INFECTION = "no-active-infection"
WHO = st.sampled_from(["anna", "ines", "otto", "eve"])
"""Coordinator, investigator, an investigator whom the log names for nothing, and somebody of another site."""
STALE = st.sampled_from([0, 0, 0, 0, 1])


class Walk(RuleBasedStateMachine):
    """One patient, three places."""

    people: dict[str, Any]
    site: Site

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()

    def teardown(self) -> None:
        """Everything is as before the walk."""
        transaction.savepoint_rollback(self.before)

    # -- the model ---------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        self.held = candidate("meets-everything", self.site)
        self.state: str = State.CANDIDATE
        self.version = 1
        self.episode = 1
        self.infected = False
        self.confirmed_by = ""
        self.places = 3
        self.room(3)
        self.signatures = 0
        self.assessed = False
        """Infected, in the assessment that the episode stands on."""
        self.failed_before = False
        self.reasoned = False

    @property
    def repeated(self) -> bool:
        """The infection for which the episode before was closed is answered otherwise now."""
        return self.failed_before and not self.infected

    def room(self, places: int) -> None:
        TrialPart.objects.filter(name="").update(ceiling=places)

    def tries(self, allowed: bool, act: Callable[[], Any]) -> Any:
        """Do it: it succeeds exactly where the model allows it."""
        refused, done = None, None
        try:
            with transaction.atomic():
                done = act()
        except Refusal as refusal:
            refused = refusal
        where = f"in {self.state}, version {self.version}"
        if allowed:
            assert refused is None, f"{refused} {where}"
            return done
        assert refused is not None, where
        assert refused.sentence.endswith(".")
        assert refused.code
        return None

    def went(self, to: str) -> None:
        self.state = to
        self.version += 1

    def may(self, act: Act, stale: int) -> bool:
        return not stale and State(self.state) in OF_ACT[act].sources

    def record_version(self) -> int:
        return Patient.objects.get(pk=self.held.patient_id).record_version

    # -- what people try -----------------------------------------------------------------------

    @rule(who=WHO, stale=STALE)
    def starts(self, who: str, stale: int) -> None:
        done = self.tries(
            who != "eve" and self.may(Act.START, stale),
            lambda: start(self.held.pk, by=self.people[who], on=ON, seen=self.version - stale),
        )
        if done:
            self.went(State.IN_SCREENING)

    @rule(who=WHO, stale=STALE, read=STALE)
    def confirms(self, who: str, stale: int, read: int) -> None:
        seen = Look(self.version - stale, self.record_version() - read)
        done = self.tries(
            who in ("anna", "ines")
            and self.may(Act.CONFIRM, stale)
            and not read
            and not self.infected
            and (self.reasoned or not self.repeated),
            lambda: confirm(self.held.pk, by=self.people[who], protocol=PROTOCOL, on=ON, seen=seen),
        )
        if done:
            self.went(State.CONFIRMED)
            self.confirmed_by = who
            self.assessed = False

    @rule(who=WHO, stale=STALE, reason=st.sampled_from(["course", "course", "guess"]))
    def says_why_it_was_repeated(self, who: str, stale: int, reason: str) -> None:
        done = self.tries(
            who != "eve"
            and not stale
            and self.state in (State.CANDIDATE, State.IN_SCREENING)
            and self.repeated
            and reason == "course",
            lambda: give_reason(
                self.held.pk,
                criterion=INFECTION,
                reason=reason,
                text="Over",
                by=self.people[who],
                protocol=PROTOCOL,
                on=ON,
                seen=self.version - stale,
            ),
        )
        if done:
            self.reasoned = True
            self.assessed = False

    @rule(who=WHO, stale=STALE, password=st.sampled_from([PASSWORD, PASSWORD, "a guess"]))
    def signs(self, who: str, stale: int, password: str) -> None:
        done = self.tries(
            who == "ines"
            and self.may(Act.SIGN, stale)
            and self.confirmed_by != who
            and password == PASSWORD
            and not self.infected,
            lambda: sign(
                self.held.pk,
                by=self.people[who],
                password=password,
                protocol=PROTOCOL,
                at=AT,
                on=ON,
                seen=self.version - stale,
            ),
        )
        if done:
            self.went(State.SIGNED)
            self.signatures += 1

    @rule(who=WHO, stale=STALE, note=st.sampled_from(["The scan is not mine", "", " ."]))
    def declines(self, who: str, stale: int, note: str) -> None:
        done = self.tries(
            who == "ines" and self.may(Act.RETURN, stale) and any(map(str.isalnum, note)),
            lambda: decline_to_sign(
                self.held.pk, by=self.people[who], on=ON, seen=self.version - stale, note=note
            ),
        )
        if done:
            self.went(State.IN_SCREENING)

    @rule(who=WHO, stale=STALE, consent=st.sampled_from(["3.0", "3.0", ""]))
    def registers(self, who: str, stale: int, consent: str) -> None:
        done = self.tries(
            who != "eve"
            and self.may(Act.REGISTER, stale)
            and bool(consent)
            and not self.infected
            and self.places > 0,
            lambda: register(
                self.held.pk,
                by=self.people[who],
                protocol=PROTOCOL,
                on=ON,
                seen=self.version - stale,
                part="B",
                consent_version=consent,
                consent_on=ON,
            ),
        )
        if done:
            self.went(State.REGISTERED)
            self.places -= 1

    @rule(
        who=WHO,
        stale=STALE,
        ending=st.sampled_from(
            [
                (State.INELIGIBLE, "failed-criteria"),
                (State.LOST, "moved"),
                (State.DECEASED, "died"),
                (State.DECLINED, "died"),
                (State.REGISTERED, "died"),
            ]
        ),
    )
    def closes(self, who: str, stale: int, ending: tuple[State, str]) -> None:
        to, reason = ending
        fits = ending in ((State.LOST, "moved"), (State.DECEASED, "died")) or (
            to is State.INELIGIBLE and self.infected
        )
        done = self.tries(
            who != "eve" and self.may(Act.CLOSE, stale) and fits,
            lambda: close(
                self.held.pk,
                by=self.people[who],
                protocol=PROTOCOL,
                on=ON,
                seen=self.version - stale,
                to=to,
                reason=reason,
            ),
        )
        if done:
            self.held.refresh_from_db()
            self.state, self.version = to, self.held.version
            self.assessed = self.assessed or to is State.INELIGIBLE

    @rule(who=WHO, stale=STALE, note=st.sampled_from(["Repeated", ""]))
    def screens_again(self, who: str, stale: int, note: str) -> None:
        over = State(self.state) not in OPEN and self.state not in (
            State.REGISTERED,
            State.DECEASED,
        )
        done = self.tries(
            who != "eve" and over and not stale and bool(note),
            lambda: rescreen(
                self.held.pk,
                by=self.people[who],
                protocol=PROTOCOL,
                on=ON,
                seen=self.version - stale,
                note=note,
            ),
        )
        if done:
            assert done.previous_id == self.held.pk
            self.held, self.state, self.version = done, State.CANDIDATE, 1
            self.episode += 1
            self.failed_before, self.assessed = self.assessed, self.infected
            self.reasoned = False

    # -- what happens meanwhile ------------------------------------------------------------------

    @rule(infected=st.booleans(), known=st.booleans())
    def is_answered(self, infected: bool, known: bool) -> None:
        """An answer arrives; whether or not it is assessed at once, it is never signed over."""
        answer(
            Patient.objects.get(pk=self.held.patient_id),
            INFECTION,
            "not_met" if infected else "met",
            on=str(ON),
        )
        self.infected = infected
        if known:
            self.is_assessed()

    @rule()
    def is_assessed(self) -> None:
        assess(self.held.patient_id, protocol=PROTOCOL, on=ON)
        if self.state in OPEN:
            self.assessed = self.infected
        if self.infected and self.state in (State.CONFIRMED, State.SIGNED):
            self.went(State.IN_SCREENING)

    @rule(places=st.integers(min_value=0, max_value=1))
    def gets_room(self, places: int) -> None:
        taken = TrialPart.objects.get(name="").registered
        self.room(taken + places)
        self.places = places

    # -- what always holds -----------------------------------------------------------------------

    @invariant()
    def is_as_the_model_says(self) -> None:
        held = Screening.objects.get(pk=self.held.pk)
        assert (held.state, held.version) == (self.state, self.version)
        assert held.episode == self.episode == Screening.objects.count()

    @invariant()
    def events_lead_from_one_to_the_next(self) -> None:
        events = list(Event.objects.filter(screening=self.held).order_by("sequence"))
        assert [event.sequence for event in events] == list(range(1, self.version + 1))
        states = ["", *(event.to_state for event in events)]
        for event, came_from in zip(events, states[:-1], strict=True):
            assert event.from_state == came_from
            act = OF_ACT[Act(event.transition)]
            assert event.to_state in act.targets
            assert (State(came_from) if came_from else None) in act.sources

    @invariant()
    def every_repeat_is_filed_and_none_is_confirmed_without_its_reason(self) -> None:
        filed = Retest.objects.filter(screening=self.held)
        said = RetestReason.objects.filter(screening=self.held)
        assert said.exists() == self.reasoned
        if self.failed_before and self.state in (State.CONFIRMED, State.SIGNED, State.REGISTERED):
            assert {one.criterion for one in filed} == {INFECTION}
            assert said.exists()
        if not self.failed_before:
            assert not filed.exists()

    @invariant()
    def decisions_fit_the_state(self) -> None:
        standing = Determination.objects.filter(screening=self.held, voiding=None)
        if self.state in (State.CANDIDATE, State.IN_SCREENING):
            assert not standing.exists()
        if self.state in (State.CONFIRMED, State.SIGNED, State.REGISTERED):
            assert standing.count() == 1
        signed = SignOff.objects.filter(determination__in=standing).exists()
        if self.state in (State.CANDIDATE, State.IN_SCREENING, State.CONFIRMED):
            assert not signed
        if self.state in (State.SIGNED, State.REGISTERED):
            assert signed
        assert SignOff.objects.count() == self.signatures
        undone = Event.objects.filter(transition__in=("void", "return"))
        assert Voiding.objects.count() == undone.count()
        placed = Registration.objects.count()
        assert placed == (self.state == State.REGISTERED)
        assert TrialPart.objects.get(name="").registered == placed


@pytest.mark.requirement(44)
@pytest.mark.django_db
def test_any_walk_goes_as_the_model_says() -> None:
    """Each walk in a transaction of its own, undone at its end. `WALKS=500` walks further."""
    site = make_site()
    other = make_site("montreal")
    with use_sites([site.pk, other.pk]):
        team: Staffed = staffed(site.code)
        otto = person("otto", Role.INVESTIGATOR, site)
        eve = person("eve", Role.INVESTIGATOR, other)
    people = {"anna": team.coordinates, "ines": team.investigates}
    people |= {name: type(team.coordinates).person(a) for name, a in (("otto", otto), ("eve", eve))}
    walk = type("TheWalk", (Walk,), {"people": people, "site": site})
    run = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    with use_sites([site.pk]):
        run_state_machine_as_test(walk, settings=run)
