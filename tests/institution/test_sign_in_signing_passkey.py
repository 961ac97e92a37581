"""Signing with a passkey: for one signing, once, soon, by its owner, over what was shown; wrong ones are told."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from allauth.core import context
from django.http import HttpRequest
from django.test import Client, RequestFactory

from tests.institution.conftest import OPENED, PASSWORD
from tests.institution.passkeys import Passkey
from trialscreen.institution.models import Account, Role, StaffRole
from trialscreen.institution.not_done import NotDone
from trialscreen.institution.sign_in.passkey_signing import LASTS, WithPasskey, options
from trialscreen.institution.sign_in.signing import How, Signing, must_be_signer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(42)]
WHAT = Signing("screening", "1", "sha256:of what was shown")


@pytest.fixture(autouse=True)
def asked_at_our_host() -> Any:
    request: HttpRequest = RequestFactory().get("/", secure=True)
    with context.request_context(request):
        yield


@pytest.fixture
def key(anna: Account) -> Passkey:
    made = Passkey()
    made.belongs_to(anna)
    return made


def asks(kept: dict[str, Any], account: Account, signing: Signing = WHAT) -> dict[str, Any]:
    """The page is opened; what its script is given."""
    told = options(kept, account, signing)
    assert told is not None
    asked: dict[str, Any] = json.loads(json.dumps(told["request_options"]))
    return asked


def signs(kept: dict[str, Any], account: Account, credential: str, signing: Signing = WHAT) -> str:
    """By what, or the code of the refusal."""
    try:
        return must_be_signer(account, WithPasskey(kept, credential), signing).value
    except NotDone as refused:
        return refused.code + " refused"


def test_it_signs_once(anna: Account, key: Passkey) -> None:
    kept: dict[str, Any] = {}
    answer = key.answers(asks(kept, anna))
    before = dict(kept)
    assert signs(kept, anna, answer) == How.PASSKEY
    assert signs(kept, anna, answer) == "passkey refused", "replayed"
    asks(kept, anna)
    assert signs(kept, anna, answer) == "passkey refused", "replayed to another challenge"
    assert before.keys() == kept.keys() | before.keys()


def test_it_is_its_owners(anna: Account, monitor: Account, key: Passkey) -> None:
    other = Passkey()
    other.belongs_to(monitor)
    kept: dict[str, Any] = {}
    assert signs(kept, anna, other.answers(asks(kept, anna))) == "passkey refused"
    assert signs(kept, monitor, key.answers(asks(kept, anna))) == "passkey refused"


@pytest.mark.parametrize("part", ["what", "which", "over"])
def test_it_is_for_what_was_shown(anna: Account, key: Passkey, part: str) -> None:
    kept: dict[str, Any] = {}
    other = WHAT._replace(**{part: "another"})
    assert signs(kept, anna, key.answers(asks(kept, anna)), other) == "passkey refused"


def test_it_is_for_some_minutes(
    anna: Account, key: Passkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, Any] = {}
    answer, now = key.answers(asks(kept, anna)), time.time()
    monkeypatch.setattr(
        "trialscreen.institution.sign_in.passkey_signing.time.time", lambda: now + LASTS + 1
    )
    assert signs(kept, anna, answer) == "passkey refused"


def test_having_the_device_is_not_enough(anna: Account, key: Passkey) -> None:
    kept: dict[str, Any] = {}
    answer = key.answers(asks(kept, anna), verified=False)
    assert signs(kept, anna, answer) == "passkey refused"


def test_a_page_of_somebody_else_has_no_use_for_it(anna: Account, key: Passkey) -> None:
    kept: dict[str, Any] = {}
    asked = asks(kept, anna)
    key.origin = "https://elsewhere.invalid"
    assert signs(kept, anna, key.answers(asked)) == "passkey refused"


@pytest.mark.parametrize(
    "sent", ["", "x", "null", "[]", "{}", '{"id": 1}', "\x00", '{"response": {}}', "[" * 10_000]
)
def test_what_is_no_answer_is_refused(anna: Account, key: Passkey, sent: str) -> None:
    kept: dict[str, Any] = {}
    asks(kept, anna)
    assert signs(kept, anna, sent) == "passkey refused"


def test_who_has_none_is_not_asked_for_it(monitor: Account) -> None:
    kept: dict[str, Any] = {}
    assert options(kept, monitor, WHAT) is None
    assert not kept
    assert signs(kept, monitor, "{}") == "passkey refused"


@pytest.mark.requirement(50)
def test_wrong_ones_count_with_wrong_passwords(client: Client, anna: Account, key: Passkey) -> None:
    administrator = Account.objects.create_user("sasha", PASSWORD, name="Sasha Lindqvist")
    StaffRole.objects.create(account=administrator, role=Role.ADMINISTRATOR, first_day=OPENED)
    kept: dict[str, Any] = {}
    answer = key.answers(asks(kept, anna))
    signs(kept, anna, answer)
    for _ in range(2):
        assert signs(kept, anna, answer) == "passkey refused"
    with pytest.raises(NotDone):
        must_be_signer(anna, "not the password", WHAT)
    client.force_login(administrator)
    assert "signing failed 3 times" in client.get("/security/events/").text
    for _ in range(2):
        assert signs(kept, anna, answer) == "passkey refused"
    assert signs(kept, anna, key.answers(asks(kept, anna))) == "too-many refused"
