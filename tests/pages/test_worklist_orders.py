"""The orders of the worklist, its pages and cursors in each, and the view that a session comes back to."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

import pytest
from django.test import Client

from eligibility import worklist
from eligibility.models import Screening, State
from tests.pages.stored import PROTOCOL, assessed, bare, coordinator, make_site, today_at
from tests.pages.test_pages import text_of
from tests.pages.test_worklist import LIST, POLL, add, opened, shown
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Iterator[Site]:
    site = make_site()
    with use_sites([site.pk]):
        yield site


@pytest.fixture
def anna(site: Site) -> Account:
    return coordinator(site)


@pytest.fixture
def browser(client: Client, anna: Account) -> Client:
    client.force_login(anna)
    return client


def test_what_is_due_first_stands_first(browser: Client, site: Site, anna: Account) -> None:
    day = today_at(site)
    later = day + timedelta(days=9)
    add(site, anna, 1)
    add(site, anna, 2, status="eligible", window_last=later)
    add(site, anna, 3, status="not_yet", earliest=day + timedelta(days=3), window_last=later)
    assert shown(browser.get(LIST).text) == ["EDM-0003", "EDM-0002", "EDM-0001"]
    assert shown(browser.get(LIST, {"sort": "-number"}).text)[0] == "EDM-0003"
    assert shown(browser.get(LIST, {"sort": "number"}).text)[0] == "EDM-0001"


@pytest.mark.parametrize("sort", worklist.SORTS)
def test_pages_turned_forth_and_back_show_everybody_once(
    site: Site, anna: Account, sort: str
) -> None:
    day = today_at(site)
    bob = coordinator(site, "bob")
    whose = [None, anna, bob, None, bob, anna, bob]
    born = [date.max, date(1950, 1, 2), date(1984, 5, 17), date.max, *[date(1950, 1, 2)] * 3]
    for number in range(7):
        late = {"status": "eligible", "window_last": day + timedelta(days=number % 3)}
        columns = {"assignee": whose[number], "born": born[number]}
        add(site, anna, number, **columns, **late if number % 2 else {})
    asked = worklist.Asked(sort=sort)

    def page(cursor: str, size: int = 3) -> worklist.Glimpse:
        return worklist.glimpse(
            worklist.Asked(sort=sort, cursor=cursor),
            sites={site.pk: day},
            protocol=PROTOCOL,
            me=anna.pk,
            size=size,
        )

    first = page("")
    second = page(first.next)
    third = page(second.next)
    numbers = [[key.number for key in one.keys] for one in (first, second, third)]
    assert [len(one) for one in numbers] == [3, 3, 1]
    assert [*chain(*numbers)] == [key.number for key in page("", 9).keys]
    assert (first.previous, third.next) == ("", "")
    assert [key.number for key in page(third.previous).keys] == numbers[1]
    back = page(second.previous)
    assert [key.number for key in back.keys] == numbers[0]
    assert back.previous == ""
    assert asked.order == sort


def test_by_age(browser: Client, site: Site, anna: Account) -> None:
    born = ("1984-05-17", "1999-12-31", "1950-01-02")
    for number, each in enumerate(born):
        opened(assessed(bare(str(number), given="Ada", family="Same", born=each), site), site, anna)
    unknown = opened(assessed(bare("4", given="Ada", family="Same"), site), site, anna)
    Screening.objects.filter(pk=unknown.pk).update(born=date.max)
    youngest = ["EDM-0002", "EDM-0001", "EDM-0003"]
    page = browser.get(LIST, {"sort": "age"}).text
    # Of whom the age is not known, it is not said where they belong: before the youngest.
    assert shown(page) == ["EDM-0004", *youngest]
    assert re.search(r'aria-sort="ascending" class="of-age"', page)
    page = browser.get(LIST, {"sort": "-age"}).text
    assert shown(page) == [*reversed(youngest), "EDM-0004"]
    assert re.search(r'aria-sort="descending" class="of-age"', page)
    assessed(bare("1", given="Ada", family="Same", born="1930-01-01"), site)
    assert shown(browser.get(LIST, {"sort": "-age"}).text)[0] == "EDM-0002"


def test_by_who_works_on_it(browser: Client, site: Site, anna: Account) -> None:
    """By name, of one person what is due first; of two directions the same."""
    day = today_at(site)
    bob = coordinator(site, "bob")
    Account.objects.filter(pk=bob.pk).update(name="Zoe")
    add(site, anna, 1, assignee=bob)
    add(site, anna, 2, assignee=anna)
    add(site, anna, 3, assignee=anna, status="eligible", window_last=day)
    add(site, anna, 4)
    page = browser.get(LIST, {"sort": "who"}).text
    assert shown(page) == ["EDM-0004", "EDM-0003", "EDM-0002", "EDM-0001"]
    page = browser.get(LIST, {"sort": "-who"}).text
    assert shown(page) == ["EDM-0001", "EDM-0003", "EDM-0002", "EDM-0004"]
    assert re.search(r'aria-sort="descending" class="of-who"', page)


@pytest.mark.parametrize("sort", worklist.SORTS)
def test_a_cursor_says_nothing_of_who_it_is(site: Site, anna: Account, sort: str) -> None:
    for number in range(3):
        add(site, anna, number, assignee=anna)
    page = worklist.glimpse(
        worklist.Asked(sort=sort),
        sites={site.pk: today_at(site)},
        protocol=PROTOCOL,
        me=anna.pk,
        size=2,
    )
    said = urlsafe_b64decode(page.next + "==").decode()
    born = Screening.objects.values_list("born", flat=True)[0].isoformat()
    assert born.startswith("19")
    assert born not in said
    assert "anna" not in said.lower()
    moved = worklist.Asked(sort=sort, cursor=page.next)
    Screening.objects.filter(pk=page.keys[-1].id).update(assignee=None)
    rest = worklist.glimpse(
        moved, sites={site.pk: today_at(site)}, protocol=PROTOCOL, me=anna.pk, size=2
    )
    missed = set(Screening.objects.values_list("pk", flat=True)) - {key.id for key in page.keys}
    assert missed <= {key.id for key in rest.keys}


def test_what_was_last_looked_at_is_come_back_to(
    browser: Client, site: Site, anna: Account
) -> None:
    add(site, anna, 1)
    assert "Clear" not in text_of(browser.get(LIST).text)
    asked = {"tab": "needs-information", "who": "nobody", "sort": "age", "q": "same", "at": "x"}
    page = browser.get(LIST, asked).text
    assert f'href="{LIST}?tab=open">Clear</a>' in page
    there = browser.get(LIST).headers["Location"]
    assert there == f"{LIST}?tab=needs-information&who=nobody&sort=age"
    assert "same" not in str(dict(browser.session))
    browser.get(LIST, {"tab": "fails"}, headers=POLL)
    assert browser.get(LIST).headers["Location"] == there
    browser.get(LIST, {"tab": "open"})
    assert browser.get(LIST).status_code == 200
    browser.get(LIST, {"tab": "open", "q": "same"})
    assert browser.get(LIST).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "W10", "é", "WzEsMl0", "=" * 50, "[" * 299])
def test_a_cursor_of_nobody_s_making_is_the_first_page(
    browser: Client, site: Site, anna: Account, cursor: str
) -> None:
    add(site, anna, 1)
    assert shown(browser.get(LIST, {"at": cursor}).text) == ["EDM-0001"]


def test_a_page_that_has_emptied_is_the_first(browser: Client, site: Site, anna: Account) -> None:
    held = [add(site, anna, number) for number in range(3)]
    sites = {site.pk: today_at(site)}
    page = worklist.glimpse(
        worklist.Asked(sort="number"), sites=sites, protocol=PROTOCOL, me=anna.pk, size=2
    )
    Screening.objects.filter(pk=held[2].pk).update(state=State.LOST)
    left = browser.get(LIST, {"sort": "number", "at": page.next}).text
    assert shown(left) == ["EDM-0001", "EDM-0002"]
