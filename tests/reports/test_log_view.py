"""What the screening log shows, to whom, and what it cannot show."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from eligibility.models import LogLine, Screening
from patients.models import Demographics
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_logs, use_sites

pytestmark = pytest.mark.django_db


def lines(*sites: Site) -> dict[str, LogLine]:
    with use_logs([site.pk for site in sites]):
        return {one.key.removeprefix("NCT00514085/"): one for one in LogLine.objects.all()}


def test_one_line_an_episode(sites: tuple[Site, Site]) -> None:
    found = lines(*sites)
    assert len(found) == 11
    first = found["toronto/1"]
    assert (first.age_from, first.sex, first.part, first.subject_number) == (60, "female", "A", 1)
    assert first.started_on == date(2026, 9, 3)
    assert first.confirmed_on == date(2026, 9, 13)
    assert first.signed_on == date(2026, 9, 14)
    assert first.registered_on == date(2026, 9, 15)
    assert found["toronto/2"].age_from == 90
    assert found["toronto/3"].age_from == 50
    assert found["toronto/4"].failed == ["platelets", "bilirubin-normal"]
    assert found["toronto/6"].followed
    assert found["toronto/7"].previous_number == 6
    ninth = found["toronto/9"]
    assert (ninth.voided, ninth.deviations, ninth.confirmed_on) == (1, 1, date(2026, 9, 4))


def test_nothing_in_it_names_anybody(sites: tuple[Site, Site]) -> None:
    with use_logs([site.pk for site in sites]), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(l)::text FROM eligibility_screening_log l")
        said = " ".join(row[0] for row in cursor.fetchall()).lower()
    with use_sites([site.pk for site in sites]):
        internal = [str(one.pk) for one in Screening.objects.all()]
        internal += [str(one.patient_id) for one in Screening.objects.all()]
    for word in ("lovelace", "ada", "555", "neighbour", "1960", "1970", *internal):
        assert word not in said


def test_its_columns_are_these_and_no_others(db: None) -> None:
    """A column more is a decision: say here why it names nobody."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "eligibility_screening_log")
    assert {column.name for column in found} == {
        "key", "site_id", "trial", "number", "episode", "previous_number", "followed", "age_from",
        "sex", "opened_on", "started_on", "confirmed_on", "signed_on", "registered_on", "closed_on",
        "voided", "deviations", "state", "status", "repeatable", "reason", "failed", "verdicts",
        "digest", "part", "subject_number",
        "retests",  # ids of criteria and codes of a closed list, as below
    }  # fmt: skip


def test_whoever_reads_logs_sees_no_patient(sites: tuple[Site, Site]) -> None:
    toronto, _ = sites
    with use_logs([toronto.pk]):
        assert LogLine.objects.count() == 9
        assert not Screening.objects.exists()
        assert not Demographics.objects.exists()
    assert not LogLine.objects.exists()


def test_whoever_sees_patients_reads_no_log_by_that(sites: tuple[Site, Site]) -> None:
    toronto, montreal = sites
    with use_sites([toronto.pk]):
        assert not LogLine.objects.exists()
        with use_logs([montreal.pk]):
            assert LogLine.objects.count() == 2
        assert not LogLine.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE eligibility_screening_log SET state = 'registered'",
        "DELETE FROM eligibility_screening_log",
        "INSERT INTO eligibility_screening_log (site_id) VALUES (1)",
        "CREATE OR REPLACE VIEW eligibility_screening_log AS SELECT 1",
    ],
)
def test_nobody_writes_it(sites: tuple[Site, Site], statement: str) -> None:
    with (
        pytest.raises(
            DatabaseError, match=r"cannot (insert|update|delete)|must be owner|permission denied"
        ),
        use_logs([site.pk for site in sites]),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_no_condition_of_a_query_reaches_a_hidden_line(sites: tuple[Site, Site]) -> None:
    """A division by zero in a condition would tell of lines that are not shown."""
    toronto, _ = sites
    with use_logs([toronto.pk]), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM eligibility_screening_log"
            " WHERE 1 / (CASE WHEN state = 'deceased' THEN 0 ELSE 1 END) = 1"
        )
        assert cursor.fetchone() == (9,)
