"""SMART scopes: read, narrowed to what was granted, said in the answer, and holding at /fhir alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from oauth2_provider.models import AccessToken, Application

from tests.smart.keys import claims, rsa_pair, signed
from tests.smart.test_signed_tokens import ask
from trialscreen.institution.administration import clients
from trialscreen.institution.models import Account, Site
from trialscreen.institution.rights import May
from trialscreen.institution.scope import Scope, scope_of
from trialscreen.institution.smart_scopes import (
    Granted,
    Interaction,
    SystemScope,
    narrowed,
    read_scope,
    sites_for,
)

READS = Granted(frozenset({May.READ_PATIENTS}))
WRITES = Granted(frozenset({May.WRITE_PATIENTS}))
LABS = Granted(frozenset(), (SystemScope("Observation", "rs"),))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("system/Observation.rs", SystemScope("Observation", "rs")),
        ("system/*.cruds", SystemScope("*", "cruds")),
        ("system/Observation.read", SystemScope("Observation", "rs")),
        ("system/Patient.write", SystemScope("Patient", "cud")),
        ("system/*.*", SystemScope("*", "cruds")),
        *((text, None) for text in (
            "system/Observation.", "system/Observation.sr", "system/Observation.rss",
            "system/observation.rs", "system/.rs", "system/Observation", "user/Observation.rs",
            "patient/Observation.rs", "system/Observation.rs?category=laboratory",
            "system/Observation.rs\n", "system/**.rs", "system/Obs*.rs", "patients.read", "", "system/Ö.rs",
            "system/Observation.READ", "system/" + "O" * 65 + ".rs",
        )),
    ],
)  # fmt: skip
def test_a_scope_is_read_or_it_is_none(text: str, read: SystemScope | None) -> None:
    assert read_scope(text) == read


@pytest.mark.parametrize(
    ("asked", "granted", "given"),
    [
        (["system/Observation.rs"], [READS], ["system/Observation.rs"]),
        (["system/Observation.read"], [READS], ["system/Observation.read"]),
        (["system/*.cruds"], [READS], ["system/*.rs"]),
        (["system/*.*"], [READS], ["system/*.rs"]),
        (["system/*.write"], [WRITES], ["system/*.write"]),
        (["system/*.cruds"], [LABS], ["system/Observation.rs"]),
        (["system/*.cruds"], [LABS, WRITES], ["system/*.cud", "system/Observation.rs"]),
        (["system/Patient.rs", "system/Observation.cruds"], [LABS], ["system/Observation.rs"]),
        (["system/Patient.rs"], [LABS], []),
        (["system/Patient.rs"], [], []),
        (["system/ResearchSubject.rs"], [READS], []),
        (["system/nonsense"], [READS], []),
    ],
)
def test_what_is_asked_for_is_narrowed(
    asked: list[str], granted: list[Granted], given: list[str]
) -> None:
    assert narrowed(asked, granted) == given


def test_it_holds_where_it_was_granted_and_where_it_was_asked() -> None:
    scope = Scope(
        client="x",
        asked=(SystemScope("Observation", "rs"), SystemScope("ResearchSubject", "r")),
        granted={1: READS, 2: LABS, 3: WRITES},
    )
    may = lambda what, how: sites_for(scope, what, how)  # noqa: E731
    assert may("Observation", Interaction.READ) == {1, 2}
    assert may("Observation", "s") == {1, 2}
    for what, how in (("Observation", "c"), ("Patient", "r"), ("Condition", "s"), ("*", "r")):
        assert may(what, how) == frozenset()
    assert may("ResearchSubject", "r") == frozenset()
    assert scope.site_ids == frozenset()


def test_rights_of_ours_hold_at_fhir_as_before() -> None:
    scope = Scope(sites={May.READ_PATIENTS: frozenset({1}), May.READ_VERDICTS: frozenset({2})})
    assert sites_for(scope, "Observation", "r") == {1}
    assert sites_for(scope, "ResearchSubject", "s") == {2}
    assert sites_for(scope, "Observation", "c") == frozenset()


def token(feed: Application, scope: str) -> Any:
    return ask(signed(claims(feed.client_id), rsa_pair()), scope=scope)


@pytest.mark.requirement(14)
@pytest.mark.django_db
def test_the_answer_says_what_was_granted(feed: Application) -> None:
    for asked, given in (
        ("system/Observation.rs", "system/Observation.rs"),
        ("system/*.cruds", "system/*.cruds"),
        ("system/ResearchSubject.rs system/Patient.r", "system/Patient.r"),
        ("patients.read system/Patient.cruds", "patients.read system/Patient.cruds"),
    ):
        assert token(feed, asked).json()["scope"] == given
    for asked in ("system/ResearchSubject.rs", "system/x", "logs.read system/*.rs", "user/*.rs"):
        refused = token(feed, asked)
        assert refused.status_code == 400
        assert refused.json()["error"] == "invalid_scope"
    too_many = " ".join(f"system/A{'b' * n}.rs" for n in range(1, 60)) + " system/X.r" * 60
    assert token(feed, too_many).status_code == 200
    many = " ".join(f"system/A{chr(97 + n % 26)}{chr(97 + n // 26)}.rs" for n in range(101))
    assert token(feed, many).json()["error"] == "invalid_scope"


@pytest.mark.django_db
def test_without_a_scope_it_gets_all_that_it_was_granted(
    feed: Application, edmonton: Site, sasha: Account
) -> None:
    only = [SystemScope("Observation", "rs")]
    clients.set_grant(feed, site=edmonton, rights=[], smart=only, by=sasha)
    given = ask(signed(claims(feed.client_id), rsa_pair())).json()
    assert given["scope"] == "system/Observation.rs"


@pytest.mark.requirement(14)
@pytest.mark.django_db
def test_a_smart_scope_opens_nothing_below_api(feed: Application) -> None:
    given = token(feed, "system/*.cruds").json()["access_token"]
    bearer = {"Authorization": f"Bearer {given}"}
    for there in ("patients/", "screenings/", "reports/screening-log/"):
        assert Client().get(f"/api/v1/{there}", headers=bearer).status_code == 403


@pytest.mark.requirement(26)
@pytest.mark.django_db
def test_a_token_is_good_where_its_client_is_still_granted(
    feed: Application, edmonton: Site, montreal: Site, sasha: Account
) -> None:
    only = [SystemScope("Observation", "rs")]
    clients.set_grant(feed, site=montreal, rights=[], smart=only, by=sasha)
    token(feed, "system/*.rs")
    held = AccessToken.objects.select_related("application").get()

    def may(what: str) -> frozenset[int]:
        request: Any = RequestFactory().get("/fhir/Observation")
        request.auth, held.acting_for = held, None
        held.application = Application.objects.get(pk=feed.pk)
        return sites_for(scope_of(request), what, "s")

    assert may("Observation") == {edmonton.pk, montreal.pk}
    assert may("Patient") == {edmonton.pk}
    clients.set_grant(feed, site=montreal, rights=[], by=sasha)
    assert may("Observation") == {edmonton.pk}
