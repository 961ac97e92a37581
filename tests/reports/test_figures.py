"""Every number of the reports, against the table in `tests.reports.counted` counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from eligibility.models import LogLine
from eligibility.reports import figures, log
from eligibility.reports.figures import Reason, Spread
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_logs

pytestmark = pytest.mark.django_db
TRIAL = "NCT00514085"
CRITERIA = ("bilirubin-normal", "platelets")


def found(sites: Iterable[Site], **filters: str) -> list[LogLine]:
    codes = frozenset(site.code for site in sites)
    question = log.asked(filters, sites=codes, criteria=frozenset(CRITERIA))
    assert not question.unread
    with use_logs([site.pk for site in sites]):
        return list(log.lines(TRIAL, question))


def test_patients_flow_by_their_last_episode(sites: tuple[Site, Site]) -> None:
    flow = figures.flow(found(sites))
    assert (flow.patients, flow.episodes, flow.screened_again) == (10, 11, 1)
    assert flow.closed == {
        "ineligible": 2, "declined": 1, "withdrawn": 0, "lost": 1, "deceased": 1
    }  # fmt: skip
    assert flow.open == {"candidate": 1, "in_screening": 1, "confirmed": 0, "signed": 1}
    assert (flow.registered, flow.parts) == (2, {"A": 1, "B": 1})
    assert flow.never_started == 2
    assert flow.failed == {"platelets": 2, "bilirubin-normal": 1}
    assert flow.failed_only == {"platelets": 1}
    assert flow.reasons["declined", "distance"] == 1
    assert sum(flow.closed.values()) + sum(flow.open.values()) + flow.registered == flow.patients


def test_reasons_count_every_episode(sites: tuple[Site, Site]) -> None:
    assert figures.reasons(found(sites), CRITERIA) == (
        Reason("bilirubin-normal", 2, 1),
        Reason("platelets", 2, 1),
    )


def test_a_criterion_no_longer_asked_for_is_still_counted(sites: tuple[Site, Site]) -> None:
    assert [one.criterion for one in figures.reasons(found(sites), ("platelets",))] == [
        "platelets",
        "bilirubin-normal",
    ]


def test_days_to_a_decision(sites: tuple[Site, Site]) -> None:
    """Opened: 1 2 4 6 8 10 14 20. Started: 3 6 8 10 12 20."""
    times = figures.times(found(sites))
    assert times.from_opening == Spread(8, Decimal(7), 1, 20)
    assert times.from_start == Spread(6, Decimal(9), 3, 20)


def test_of_an_odd_number_the_middle_one(sites: tuple[Site, Site]) -> None:
    toronto, _ = sites
    seven = [one for one in found([toronto]) if one.number != 5]
    assert figures.times(seven).from_opening == Spread(5, Decimal(10), 4, 20)


def test_nothing_decided_has_no_median() -> None:
    assert figures.times([]) == figures.Times(Spread(0), Spread(0))


def test_accrual_by_site_and_part(sites: tuple[Site, Site]) -> None:
    accrual = figures.accrual(found(sites), sites=("montreal", "toronto"))
    assert (accrual.count, accrual.target) == (2, 40)
    assert [(one.site, dict(one.parts)) for one in accrual.places] == [
        ("montreal", {}),
        ("toronto", {"A": 1, "B": 1}),
    ]
    assert [(day.day, total) for day, total in accrual.by_day] == [(15, 1), (21, 2)]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"site": "montreal"}, ["montreal/1", "montreal/2"]),
        ({"state": "ineligible"}, ["toronto/3", "toronto/4", "toronto/6"]),
        ({"criterion": "platelets"}, ["toronto/3", "toronto/4"]),
        ({"from": "2026-09-10"}, ["toronto/7"]),
        ({"to": "2026-08-31"}, []),
        ({"state": "lost", "site": "toronto"}, []),
    ],
)
def test_filters(sites: tuple[Site, Site], filters: dict[str, str], numbers: list[str]) -> None:
    assert [one.key.partition("/")[2] for one in found(sites, **filters)] == numbers


@pytest.mark.parametrize(
    "odd",
    [
        {"site": "montreal"},
        {"state": "dead"},
        {"criterion": "x' OR 1=1"},
        {"from": "31/12/2026"},
        {"to": "2026-02-30"},
    ],
)
def test_what_cannot_be_read_is_named_and_filters_nothing(odd: dict[str, str]) -> None:
    question = log.asked(odd, sites=frozenset({"toronto"}), criteria=frozenset(CRITERIA))
    assert question.unread == odd
    assert question.filters == {}


def test_pages_follow_each_other(sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PAGE", 4)
    seen, after = [], ""
    with use_logs([site.pk for site in sites]):
        for _ in range(4):
            rows, after = log.page(TRIAL, log.Asked(after=after))
            seen.append([one.label for one in rows])
            if not after:
                break
    assert [len(page) for page in seen] == [4, 4, 3]
    assert seen[0][0] == "MON-0001"
    assert seen[2][-1] == "TOR-0009"


@pytest.mark.parametrize("odd", ["x", "a/b", "NCT/toronto/" + "9" * 40, "NCT/toronto/-1", "//"])
def test_an_odd_place_to_begin_is_the_beginning(sites: tuple[Site, Site], odd: str) -> None:
    with use_logs([site.pk for site in sites]):
        assert len(log.page(TRIAL, log.Asked(after=odd))[0]) == 11


def test_counting_asks_once_whatever_is_counted(
    sites: tuple[Site, Site], django_assert_num_queries: Any
) -> None:
    with use_logs([site.pk for site in sites]), django_assert_num_queries(1):
        some = log.counted(TRIAL, log.Asked())
        figures.flow(some)
        figures.reasons(some, CRITERIA)
        figures.times(some)
        figures.accrual(some, sites=("toronto",))
    with use_logs([site.pk for site in sites]), django_assert_num_queries(2):
        log.page(TRIAL, log.Asked())
