"""What an administrator does by page a program of theirs does over HTTP: same rule, same sentence, of a version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import Application

from eligibility.actions import publish
from eligibility.actions.opening import set_part
from eligibility.models import SiteApproval, SitePart, SitePolicy, Trial
from patients.models import ReferenceRange
from tests.api.conftest import problem
from tests.pages.stored import OPENED, PROTOCOL, coordinator, make_site, today_at
from tests.pages.test_opening import managing, staff
from trialscreen.institution.models import Account, ApiGrant, RepeatedAct, Role, Site, StaffRole

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/"
DAY = timedelta(days=1)


class Office:
    """An administrator's program, in a session of theirs."""

    def __init__(self, account: Account) -> None:
        self.client = Client()
        self.client.force_login(account)

    def get(self, path: str) -> Any:
        return self.client.get(ROOT + path)

    def read(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.content[:300]
        return answer.json()

    def send(self, path: str, body: Any, verb: str = "post", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        ask = getattr(self.client, verb)
        return ask(ROOT + path, json.dumps(body), content_type="application/json", headers=named)

    def changed(self, path: str, body: Any, verb: str = "post", at: str = "") -> Any:
        """Of the version that is there."""
        return self.send(path, body, verb, If_Match=self.get(at or path)["ETag"])


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


@pytest.fixture
def sasha(db: None) -> Account:
    return staff("sasha", Role.ADMINISTRATOR)


@pytest.fixture
def office(sasha: Account) -> Office:
    return Office(sasha)


@pytest.fixture
def trial(site: Site) -> Trial:
    held = publish(PROTOCOL).trial
    for name in ("", "A"):
        set_part(trial=held, name=name, title="", ceiling=40, opened_on=OPENED)
    return held


@contextmanager
def seen(site: Site) -> Iterator[None]:
    with managing(site):
        yield


def test_sites_are_listed_added_and_changed(office: Office, site: Site, trial: Trial) -> None:
    page = office.read("sites/")
    assert [one["code"] for one in page["results"]] == ["edmonton"]
    assert page["results"][0]["parts"][0] == {
        "part": "A",
        "opened_on": None,
        "closed_on": None,
        "ceiling": None,
        "registered": 0,
        "open": False,
    }
    new = {
        "code": "hamilton",
        "name": "Juravinski",
        "city": "Hamilton",
        "time_zone": "America/Toronto",
        "opened_on": "2026-11-01",
    }
    made = office.send("sites/", new, Idempotency_Key="k1")
    assert made.status_code == 201
    again = office.send("sites/", new, Idempotency_Key="k1")
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert again.json() == made.json()
    assert problem(office.send("sites/", new), 409)["detail"] == "Another site has this code."
    other = office.send("sites/", new | {"code": "x"}, Idempotency_Key="k1")
    assert other.status_code == 422
    first = office.read("sites/?page_size=1")
    assert [one["code"] for one in first["results"]] == ["edmonton"]
    follow = first["next"].partition(ROOT)[2]
    assert [one["code"] for one in office.read(follow)["results"]] == ["hamilton"]
    assert office.get("sites/?colour=red").status_code == 400
    assert office.read("sites/?open=false")["results"] == []


def test_a_change_is_made_of_a_version(office: Office, site: Site, trial: Trial) -> None:
    there, body = "sites/edmonton/", {"name": "North centre", "reason": "Merged"}
    assert office.send(there, body, "patch").status_code == 428
    assert office.send(there, body, "patch", If_Match='"old"').status_code == 412
    tag = office.get(there)["ETag"]
    changed = office.send(there, body, "patch", If_Match=tag)
    assert (changed.status_code, changed.json()["name"]) == (200, "North centre")
    assert changed.json()["city"] == "Edmonton"
    assert changed["ETag"] == office.get(there)["ETag"] != tag
    assert office.send(there, body, "patch", If_Match=tag).status_code == 412
    said = problem(office.changed(there, body, "patch"), 409)
    assert said["errors"] == [{"pointer": "", "code": "nothing", "detail": "Nothing would change."}]
    late = {"closed_on": (today_at(site) - DAY).isoformat(), "reason": "Over"}
    said = problem(office.changed(f"{there}close/", late, at=there), 422)
    assert said["errors"][0]["pointer"] == "/closed_on"
    assert said["errors"][0]["detail"].startswith("It closes today or later")
    late["closed_on"] = (today_at(site) + DAY).isoformat()
    assert office.changed(f"{there}close/", late, at=there).json()["open_screenings"] == 0
    site.refresh_from_db()
    assert site.closed_on == today_at(site) + DAY


@pytest.mark.parametrize(
    ("body", "pointer", "sentence"),
    [
        ({"code": "Hamilton"}, "/code", "Small letters, digits and hyphens; a letter first."),
        ({"city": "x" * 101}, "/city", "at most 100 characters"),
        ({"time_zone": "America/Nowhere"}, "/time_zone", "not one of the available choices"),
        ({"opened_on": "1 Nov 2026"}, "/opened_on", "One calendar date, written YYYY-MM-DD."),
        ({"opened_on": None}, "/opened_on", "This field is required."),
        ({"name": 7}, "/name", "This is a text."),
        ({"colour": "red"}, "/colour", "This field is not known here."),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(
    office: Office, body: dict[str, Any], pointer: str, sentence: str
) -> None:
    new = {
        "code": "hamilton",
        "name": "Juravinski",
        "city": "Hamilton",
        "time_zone": "America/Toronto",
        "opened_on": "2026-11-01",
    }
    said = problem(office.send("sites/", new | body), 422)
    assert [one["pointer"] for one in said["errors"]] == [pointer]
    assert sentence in said["errors"][0]["detail"]
    assert not Site.objects.exists()


def test_a_part_opens_after_its_approval_alone(office: Office, site: Site, trial: Trial) -> None:
    there = "sites/edmonton/parts/A/"
    opens = {"opened_on": today_at(site).isoformat(), "ceiling": 5, "reason": "Ready"}
    said = problem(office.changed(there, opens, "patch"), 409)
    assert "No approval of the ethics board is on record" in said["detail"]
    given = {
        "kind": "ethics",
        "reference": "REB 1",
        "approved_on": "2026-01-05",
        "expires_on": None,
    }
    held = office.send("sites/edmonton/approvals/", given)
    assert (held.status_code, held.json()["holds"]) == (201, True)
    opened = office.changed(there, opens, "patch")
    assert (opened.json()["open"], opened.json()["ceiling"]) == (True, 5)
    closes = {"closed_on": today_at(site).isoformat(), "reason": "Full"}
    closed = office.changed(there, closes, "patch").json()
    assert (closed["open"], closed["ceiling"]) == (False, 5)
    assert (
        office.changed(there, {"ceiling": None, "reason": "None"}, "patch").json()["ceiling"]
        is None
    )
    with seen(site):
        assert SitePart.objects.get(site=site).closed_on == today_at(site)
    where = f"sites/edmonton/approvals/{held.json()['id']}/withdraw/"
    assert problem(office.send(where, {}), 422)["errors"][0]["detail"] == "Say why."
    assert office.send(where, {"reason": "Suspended"}).json()["holds"] is False
    assert problem(office.send(where, {"reason": "x"}), 409)["errors"][0]["code"] == "ended"
    with seen(site):
        assert SiteApproval.objects.get().withdrawn_reason == "Suspended"
    assert len(office.read("sites/edmonton/approvals/")["results"]) == 1


def test_ranges_are_stated_corrected_and_ended(office: Office, site: Site) -> None:
    there = "sites/edmonton/reference-ranges/"
    body = {"analyte": "creatinine", "high": 106, "unit": "umol/L", "reason": "New analyser"}
    assert (
        problem(office.send(there, body | {"unit": "kelvin"}), 422)["errors"][0]["pointer"]
        == "/unit"
    )
    assert (
        problem(office.send(there, body | {"high": "1e400"}), 422)["errors"][0]["pointer"]
        == "/high"
    )
    held = office.send(there, body).json()
    assert (held["high"], held["sex"], held["valid_to"]) == ("106", "any", None)
    wrong = {"high": "104.5", "reason": "Read off the wrong line"}
    now = office.send(f"{there}{held['id']}/correct/", wrong).json()
    assert (now["high"], now["unit"]) == ("104.5", "umol/L")
    assert office.send(f"{there}{held['id']}/correct/", wrong).status_code == 404
    last = {"last_day": "2026-12-31", "reason": "Replaced"}
    ended = office.send(f"{there}{now['id']}/end/", last).json()
    assert ended["valid_to"] == "2026-12-31"
    assert len(office.read(f"{there}?on=2026-12-31&analyte=creatinine")["results"]) == 1
    assert office.read(f"{there}?on=2027-01-01")["results"] == []
    assert office.get(f"{there}?on=soon").status_code == 400
    with seen(site):
        assert ReferenceRange.objects.filter(superseded_version=None).count() == 1


def test_a_policy_is_set_and_never_loosened(office: Office, site: Site, trial: Trial) -> None:
    there, window = "sites/edmonton/policies/", PROTOCOL.policy.windows[0]
    today = today_at(site).isoformat()
    loose = {"effective_from": today, window.name: window.days + 1, "reason": "Longer"}
    said = problem(office.send(there, loose), 422)
    assert said["errors"][0]["pointer"] == f"/{window.name}"
    tight = loose | {window.name: window.days - 1}
    assert office.send(there, tight).json()["values"] == {window.name: window.days - 1}
    past = tight | {"effective_from": (today_at(site) - DAY).isoformat(), window.name: 1}
    assert problem(office.send(there, past), 422)["errors"][0]["pointer"] == "/effective_from"
    assert len(office.read(there)["results"]) == 1
    with seen(site):
        assert SitePolicy.objects.count() == 1


def test_people_come_and_go(office: Office, site: Site, sasha: Account) -> None:
    new = {
        "name": "Nora Lind",
        "username": "nora",
        "email": "nora@hospital.example",
        "role": "coordinator",
        "site": "edmonton",
        "first_day": today_at(site).isoformat(),
    }
    made = office.send("people/", new, Idempotency_Key="k")
    assert made.status_code == 201
    assert "/invitation/?key=" in made.json()["link"]
    again = office.send("people/", new, Idempotency_Key="k").json()
    assert (again["link"], again["username"]) == (None, "nora")
    kept = RepeatedAct.objects.get()
    assert "key=" not in kept.body
    assert problem(office.send("people/", new), 409)["errors"][0]["pointer"] == "/username"
    nora = f"people/{made.json()['id']}/"
    assert [one["role"] for one in office.read("sites/edmonton/staff/")["results"]] == [
        "coordinator"
    ]
    # A role at no site begins by the day of the institution, which may be a day on already.
    over = {"role": "monitor", "site": None, "first_day": str(timezone.localdate())}
    assert problem(office.send(f"{nora}roles/", over), 409)["errors"][0]["code"] == "duties"
    role = made.json()["roles"][0]["id"]
    ended = office.send(f"{nora}roles/{role}/end/", {"reason": "Moves on"})
    assert ended.json()["in_force"] is False
    assert office.send(f"{nora}roles/", over).status_code == 201
    assert "key=" in office.send(f"{nora}link/", {}).json()["link"]
    gone = office.changed(f"{nora}deactivate/", {"reason": "Left"}, at=nora)
    assert gone.json()["active"] is False
    assert office.read("people/?show=deactivated&search=nora")["results"][0]["username"] == "nora"
    assert office.changed(f"{nora}reactivate/", {"reason": "Back"}, at=nora).json()["active"]
    me = f"people/{sasha.pk}/"
    said = problem(office.changed(f"{me}deactivate/", {"reason": "Bye"}, at=me), 403)
    assert said["detail"] == "Nobody deactivates themselves: ask another administrator."


def test_a_role_at_a_site_and_the_review_of_it(office: Office, site: Site, sasha: Account) -> None:
    nora = Account.objects.create_user("nora", name="Nora")
    body = {"username": "nora", "role": "investigator", "first_day": today_at(site).isoformat()}
    said = problem(office.send("sites/edmonton/staff/", body | {"username": "x"}), 400)
    assert "Nobody has this user name." in said["errors"][0]["detail"]
    held = office.send("sites/edmonton/staff/", body).json()
    assert (held["account"], held["site"]) == (nora.pk, "edmonton")
    rows = office.read("access-review/")["results"]
    own = next(one["id"] for one in rows if one["username"] == "sasha")
    assert (
        problem(office.send("access-review/", {"roles": [own]}), 403)["errors"][0]["code"] == "self"
    )
    assert problem(office.send("access-review/", {"roles": []}), 409)
    assert office.send("access-review/", {"roles": [held["id"]]}).json() == {"confirmed": 1}
    rows = office.read("access-review/?due=false")["results"]
    assert {one["looked_at_by"] for one in rows if one["id"] == held["id"]} == {"sasha"}


def test_a_client_and_its_secret(office: Office, site: Site) -> None:
    new = {"name": "Laboratory feed", "contact": "Integration team"}
    made = office.send("clients/", new, Idempotency_Key="k")
    secret, there = made.json()["secret"], f"clients/{made.json()['id']}/"
    assert len(secret) > 30
    assert office.send("clients/", new, Idempotency_Key="k").json()["secret"] is None
    assert secret not in RepeatedAct.objects.get().body
    assert secret not in office.get(there).text + office.get("clients/").text
    rights = {"rights": ["patients.read"]}
    assert office.send(f"{there}sites/edmonton/", rights).status_code == 428
    granted = office.changed(f"{there}sites/edmonton/", rights, at=there).json()
    assert granted["grants"] == [{"site": "edmonton", "rights": ["patients.read"], "smart": []}]
    said = problem(office.changed(f"{there}sites/edmonton/", {"rights": ["all"]}, at=there), 422)
    assert said["errors"][0]["pointer"] == "/rights"
    turned = {"overlap_hours": 169, "reason": "Yearly"}
    assert problem(office.changed(f"{there}rotate/", turned, at=there), 422)
    other = office.changed(f"{there}rotate/", turned | {"overlap_hours": 0}, at=there).json()
    assert other["secret"] not in (None, secret)
    assert (
        office.changed(f"{there}deactivate/", {"reason": "Over"}, at=there).json()["active"]
        is False
    )
    assert problem(office.changed(f"{there}rotate/", turned | {"overlap_hours": 0}, at=there), 409)
    assert (Application.objects.count(), ApiGrant.objects.count()) == (1, 0)


def test_who_administers_nothing_is_told_so(site: Site, office: Office) -> None:
    for account in (coordinator(site), staff("mona", Role.MONITOR)):
        program = Office(account)
        for path in ("sites/", "sites/edmonton/", "people/", "clients/", "access-review/"):
            problem(program.get(path), 403)
        problem(program.send("sites/", {}), 403)
    assert Client().get(f"{ROOT}people/").status_code == 401
    for path in ("sites/nowhere/", "people/987654/", "clients/987654/", "sites/edmonton/parts/Z/"):
        problem(office.get(path), 404)


def test_who_is_no_administrator_any_more_is_told_so_at_the_act(office: Office) -> None:
    StaffRole.objects.update(ended_at=timezone.now(), last_day=timezone.localdate())
    problem(office.send("clients/", {"name": "x", "contact": "y"}), 403)
    assert not Application.objects.exists()
