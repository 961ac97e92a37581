"""Every address that is read, with what cannot be used in each of its parameters: left out, or said; never a 500."""

from __future__ import annotations

import re
from urllib.parse import quote_plus

import pytest

from tests.refusals.addresses import ADDRESSES, Address
from tests.refusals.clinic import Clinic, everything
from tests.refusals.pages import words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.title)
def test_each_parameter_gets_its_answer(clinic: Clinic, address: Address) -> None:
    browser, at = clinic.browser(address.by), address.at(clinic)
    before = everything(clinic)
    assert browser.get(at).status_code == address.usual
    wrong = []
    for name, asked in address.asks.items():
        for label, typed in asked.tries.items():
            answer = browser.get(f"{at}?{name}={quote_plus(typed, errors='surrogateescape')}")
            wanted = asked.status if asked.said else address.usual
            if answer.status_code != wanted or asked.said not in words(answer):
                wrong.append(f"{name}, {label}: {answer.status_code}, {words(answer)[:200]}")
            if "<script>alert" in answer.text:
                wrong.append(f"{name}, {label}: markup came back as markup")
    assert not wrong, "\n".join(wrong)
    assert everything(clinic) == before


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.title)
def test_who_reads_it_and_under_which_key(clinic: Clinic, address: Address) -> None:
    at = address.at(clinic)
    if address.by and address.named not in ("home", "reports"):
        away = clinic.browser("").get(at)
        assert away.status_code == 302
        assert away.headers["Location"].startswith("/sign-in/")
    for key in re.findall("[0-9a-f-]{36}", at):
        assert clinic.browser("elsewhere").get(at).status_code == 404
        for other in ("00000000-0000-4000-8000-000000000000", "x", "%00", "1e400"):
            assert clinic.browser(address.by).get(at.replace(key, other)).status_code == 404
    for other in ("x", "%00", "NCT" + "0" * 400):
        if "NCT00514085" in at:
            there = at.replace("NCT00514085", other)
            assert clinic.browser(address.by).get(there).status_code == 404
