"""How a day and a time are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.template import Context, Template


def shown(value: date, as_: str) -> str:
    return Template("{{ value|" + as_ + " }}").render(Context({"value": value}))


def test_a_day_is_written_without_slashes() -> None:
    assert shown(date(2026, 11, 22), "date") == "22 Nov 2026"
    assert shown(date(2026, 3, 2), 'date:"SHORT_DATE_FORMAT"') == "2 Mar 2026"


def test_a_time_has_24_hours_and_the_sites_zone() -> None:
    early = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
    assert Template("{{ value }}").render(Context({"value": early})) == "21 Nov 2026, 22:30"
