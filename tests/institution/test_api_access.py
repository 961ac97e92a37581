"""Who may use the programming interface for stored data, and what everybody else is told."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from rest_framework.request import Request
from rest_framework.response import Response

from tests.institution.conftest import OPENED, SECRET
from trialscreen.institution.access import StoredDataView
from trialscreen.institution.models import Account, ApiGrant, Role, Site, StaffRole
from trialscreen.institution.rights import OF_ROLE, May
from trialscreen.institution.scope import scope_of_account, sites_in_use, tell_sites
from trialscreen.institution.tokens import issue_token
from trialscreen.wiring import urls as real_urls
from trialscreen.wiring.problems import MEDIA_TYPE

pytestmark = pytest.mark.django_db


class Stored(StoredDataView):
    def get(self, request: Request, number: int = 0) -> Response:
        if number:
            raise Http404(f"{number} is of another site")
        scope = self.scope
        return Response(
            {
                "sites": sorted(self.site_ids),
                "in_use": sorted(sites_in_use()),
                "client": scope.client,
                "account": scope.account.username if scope.account else None,
            }
        )

    def post(self, request: Request) -> Response:
        Site.objects.create(code="new", name="New", city="New", time_zone="UTC", opened_on=OPENED)
        asked: Any = request.data
        return Response({}, status=asked["status"])


urlpatterns = [
    path("api/stored/", Stored.as_view()),
    path("api/stored/<int:number>/", Stored.as_view()),
    path("", include(real_urls.urlpatterns)),
]
handler403, handler404 = real_urls.handler403, real_urls.handler404


@pytest.fixture(autouse=True)
def stored_view(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.institution.test_api_access"


def ask(
    token: str,
    at: str = "/api/stored/",
    client: Client | None = None,
    acting_for: str = "",
) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    if acting_for:
        headers["X-Acting-For"] = acting_for
    return (client or Client()).get(at, headers=headers)


def send(token: str, status: int) -> Any:
    return Client().post(
        "/api/stored/",
        json.dumps({"status": status}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def token_of_client(scope: str = "", secret: str = SECRET) -> Any:
    form = {"grant_type": "client_credentials", "client_id": "laboratory", "client_secret": secret}
    return Client().post("/o/token/", form | ({"scope": scope} if scope else {}))


def token_of(account: Account, *, minutes: int = 5) -> str:
    return issue_token(account, expires=timezone.now() + timedelta(minutes=minutes))


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, MEDIA_TYPE)
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    return body


def test_nobody_is_asked_to_sign_in() -> None:
    answer = Client().get("/api/stored/")
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_person_with_a_session(anna: Account, edmonton: Site) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    found = browser.get("/api/stored/").json()
    assert found == {
        "sites": [edmonton.pk], "in_use": [edmonton.pk], "client": "", "account": "anna"
    }  # fmt: skip
    problem(browser.post("/api/stored/", "{}", content_type="application/json"), 403)


def test_a_person_with_a_token(anna: Account, edmonton: Site, montreal: Site) -> None:
    found = ask(token_of(anna)).json()
    assert (found["sites"], found["account"], found["client"]) == ([edmonton.pk], "anna", "")


@pytest.mark.parametrize("wrong", ["", "x", "é", "a b", "Bearer"])
def test_a_wrong_token_is_refused_even_with_a_session(anna: Account, wrong: str) -> None:
    browser = Client()
    browser.force_login(anna)
    problem(ask(wrong, client=browser), 401)


@pytest.mark.requirement(14)
def test_a_token_ends(anna: Account) -> None:
    problem(ask(token_of(anna, minutes=-1)), 401)
    token = token_of(anna)
    assert ask(token).status_code == 200
    Account.objects.update(is_active=False)
    problem(ask(token), 401)


@pytest.mark.requirement(14)
def test_a_token_is_taken_from_no_address(anna: Account) -> None:
    token = token_of(anna)
    problem(Client().get(f"/api/stored/?access_token={token}"), 401)


@pytest.mark.requirement(14)
def test_tokens_and_secrets_are_not_kept(anna: Account, laboratory: Application) -> None:
    issued = [token_of(anna), token_of_client().json()["access_token"]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM oauth2_provider_accesstoken t")
        kept = str(cursor.fetchall())
        cursor.execute("SELECT a::text FROM oauth2_provider_application a")
        kept += str(cursor.fetchall())
    assert not [each for each in [*issued, SECRET] if each in kept]
    assert AccessToken.objects.count() == 2


@pytest.mark.requirement(14, 26)
def test_a_client_has_its_grants(laboratory: Application, edmonton: Site, montreal: Site) -> None:
    granted = token_of_client().json()
    assert granted["scope"] == "patients.read"
    assert granted["expires_in"] == 900
    assert "refresh_token" not in granted
    found = ask(granted["access_token"]).json()
    assert (found["sites"], found["client"], found["account"]) == (
        [edmonton.pk],
        "laboratory",
        None,
    )
    problem(send(granted["access_token"], 201), 403)
    assert token_of_client("patients.write").status_code == 400
    assert token_of_client(secret="another").status_code == 401


@pytest.mark.requirement(14, 24)
def test_a_grant_that_ends_ends_on_the_next_request(laboratory: Application) -> None:
    token = token_of_client().json()["access_token"]
    ApiGrant.objects.all().delete()
    problem(ask(token), 403)


@pytest.mark.requirement(14)
def test_a_token_holds_no_more_than_was_asked_for(laboratory: Application, edmonton: Site) -> None:
    token = token_of_client("patients.read").json()["access_token"]
    ApiGrant.objects.update(scopes="patients.read patients.write")
    assert ask(token).status_code == 200
    problem(send(token, 201), 403)
    wider = token_of_client().json()["access_token"]
    assert send(wider, 201).status_code == 201


def test_a_client_says_for_whom_it_acts(
    laboratory: Application, anna: Account, montreal: Site
) -> None:
    token = token_of_client().json()["access_token"]
    assert ask(token, acting_for="Anna").json()["account"] == "anna"
    problem(ask(token, acting_for="nobody"), 403)
    yesterday = timezone.localdate() - timedelta(days=2)
    StaffRole.objects.update(first_day=yesterday, last_day=yesterday)
    problem(ask(token, acting_for="anna"), 403)
    StaffRole.objects.update(last_day=None)
    assert ask(token, acting_for="anna").status_code == 200
    StaffRole.objects.update(site=montreal)
    problem(ask(token, acting_for="anna"), 403)


def test_a_grant_names_known_scopes(laboratory: Application, montreal: Site) -> None:
    with pytest.raises(ValidationError, match="unknown scope"):
        ApiGrant(application=laboratory, site=montreal, scopes="sign").full_clean()
    for wrong in ("sign", "", "patients.read,patients.write", "patientsXread"):
        with pytest.raises(IntegrityError, match="scopes_are_known"), transaction.atomic():
            ApiGrant.objects.create(application=laboratory, site=montreal, scopes=wrong)


@pytest.mark.parametrize(("status", "kept"), [(201, True), (409, False), (422, False)])
def test_a_refusal_leaves_nothing_behind(anna: Account, status: int, kept: bool) -> None:
    assert send(token_of(anna), status).status_code == status
    assert Site.objects.filter(code="new").exists() == kept


@pytest.mark.requirement(17)
def test_absent_and_foreign_are_the_same_answer(anna: Account) -> None:
    bodies = [problem(ask(token_of(anna), f"/api/stored/{n}/"), 404) for n in (7, 8)]
    for body in bodies:
        del body["instance"]
    assert bodies[0] == bodies[1]


def test_a_role_begins_and_ends_at_the_sites_own_midnight(anna: Account, edmonton: Site) -> None:
    StaffRole.objects.update(first_day=date(2026, 6, 1), last_day=date(2026, 6, 30))
    midnight = datetime(2026, 6, 1, 6, tzinfo=UTC)  # in Edmonton
    end = datetime(2026, 7, 1, 6, tzinfo=UTC)
    moment = timedelta(seconds=1)
    held = {
        now: scope_of_account(anna, now=now).site_ids
        for now in (midnight - moment, midnight, end - moment, end)
    }
    assert list(held.values()) == [frozenset(), {edmonton.pk}, {edmonton.pk}, frozenset()]


@pytest.mark.requirement(15)
def test_rights_are_of_the_site_where_the_role_is(
    anna: Account, edmonton: Site, montreal: Site, django_assert_num_queries: Any
) -> None:
    StaffRole.objects.create(account=anna, site=montreal, role=Role.INVESTIGATOR, first_day=OPENED)
    with django_assert_num_queries(1):
        scope = scope_of_account(anna, now=timezone.now())
    assert scope.site_ids == {edmonton.pk, montreal.pk}
    assert scope.roles == {"coordinator", "investigator"}
    assert set(scope.posts) == {"Site coordinator, Edmonton", "Investigator, Montreal"}


def test_every_role_has_its_rights_said() -> None:
    assert set(OF_ROLE) == set(Role)
    assert OF_ROLE["administrator"] == frozenset()
    assert OF_ROLE["monitor"] == {May.READ_LOGS}
    assert OF_ROLE["coordinator"] == set(May)


@pytest.mark.django_db(transaction=True)
def test_sites_are_told_within_a_transaction_alone() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        tell_sites([1])


def printed_token(*words: str) -> str:
    out = StringIO()
    call_command("api_token", *words, stdout=out)
    return out.getvalue().strip()


def test_the_command_prints_a_token(anna: Account, settings: LazySettings) -> None:
    with pytest.raises(CommandError, match="no demonstration"):
        printed_token("anna")
    assert ask(printed_token("anna", "--outside-demonstration")).status_code == 200
    settings.DEMONSTRATION = True
    assert ask(printed_token("Anna", "--minutes", "5")).status_code == 200
    with pytest.raises(CommandError, match="no active account"):
        printed_token("nobody")
    with pytest.raises(CommandError, match="between"):
        printed_token("anna", "--minutes", "10000")
