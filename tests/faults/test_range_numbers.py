"""Numbers of range changes come in the order of commits, and nobody who writes a record waits for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from patients.actions.ranges import Limit, NotInForce, add_range, end_range
from patients.models import RangeChange, ReferenceRange
from tests.eligibility.stored import make_site, patient_with, received
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

AST = Limit(analyte="ast", high=Decimal(35), unit="U/L")
CLIENTS, EACH = 4, 6

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


@pytest.fixture
def site() -> Site:
    return make_site()


def at_once(work: Callable[[int], object], clients: int) -> list[object]:
    def client(number: int) -> object:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(client, range(clients)))


def test_many_administrators_at_once(site: Site) -> None:
    def add(number: int) -> None:
        for _ in range(EACH):
            with use_sites([site.pk]):
                add_range(AST, site=site, by=None)

    at_once(add, CLIENTS)
    with use_sites([site.pk]):
        numbers = RangeChange.objects.order_by("version").values_list("version", flat=True)
        assert list(numbers) == list(range(1, CLIENTS * EACH + 1))
        given = ReferenceRange.objects.order_by("since_version")
        assert list(given.values_list("since_version", flat=True)) == list(numbers)


def test_one_of_many_ends_a_range(site: Site) -> None:
    with use_sites([site.pk]):
        held = add_range(AST, site=site, by=None)

    def end(number: int) -> bool:
        with use_sites([site.pk]):
            try:
                end_range(held, last_day=date(2026, 11, 1 + number), by=None)
            except NotInForce:
                return False
        return True

    assert sorted(map(bool, at_once(end, CLIENTS))) == [False] * (CLIENTS - 1) + [True]


def test_a_record_is_written_while_a_range_is_being_changed(site: Site) -> None:
    """The change holds the site's row; what only refers to the site does not wait for it."""
    changed, done = threading.Event(), threading.Event()

    def change() -> None:
        try:
            with use_sites([site.pk]):
                add_range(AST, site=site, by=None)
                changed.set()
                assert done.wait(30), "the record waited for the range"
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        ranges = pool.submit(change)
        try:
            assert changed.wait(30)
            with use_sites([site.pk]), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
                received(patient_with(("1920-8", "2026-11-20"), key="one"), site)
        finally:
            done.set()
        ranges.result()
