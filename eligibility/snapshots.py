"""The one door from patients' tables to the record that rules read: one round trip, one consistent view."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from psycopg2 import sql

from eligibility.rules.record import Attestation, Record, SiteRange
from patients.codec import decode
from patients.codes.units import read_amount
from patients.facts import Facts
from patients.models import CLINICAL
from patients.reading import dictionary_of

_FIELDS = {
    "Condition": "conditions",
    "Result": "results",
    "Lesion": "lesions",
    "Histology": "histologies",
    "Course": "courses",
    "Operation": "operations",
    "Specimen": "specimens",
    "Participation": "participations",
    "Notice": "notices",
}
_EVERYTHING = """
WITH RECURSIVE one_person(id) AS (
    SELECT %(patient)s::uuid
    UNION
    SELECT m.merged_id FROM patients_patientmerge AS m
      JOIN one_person ON m.survivor_id = one_person.id AND m.reversed_at IS NULL
)
SELECT p.record_version,
       p.read_with,
       p.local_codes_version,
       EXISTS (SELECT FROM patients_localcodeschange AS c
                WHERE c.site_id = p.site_id AND c.version > p.local_codes_version
                  AND EXISTS (SELECT FROM patients_recordnotice AS n
                               WHERE n.patient_id = p.id AND n.superseded_version IS NULL
                                 AND n.fact #>> '{{of,4}}' = c.system
                                 AND n.fact #>> '{{of,5}}' = c.code)),
       (SELECT max(received_on) FROM patients_delivery
         WHERE patient_id IN (SELECT id FROM one_person)),
       (SELECT fact::json FROM patients_demographics
         WHERE patient_id = p.id AND superseded_version IS NULL),
       (SELECT json_agg(json_build_array(since_version, fact)) FROM ({facts}) AS every),
       (SELECT json_agg(json_build_array(criterion, answer, stated_on, by_name, detail,
                                         note, source,
                                         CASE WHEN patient_id = p.id THEN record_version
                                              ELSE 0 END,
                                         source_dated)
                        ORDER BY stated_on, id)
          FROM patients_attestation
         WHERE patient_id IN (SELECT id FROM one_person) AND trial = %(trial)s),
       (SELECT json_agg(json_build_array(analyte,
                                         COALESCE(NULLIF(stated, ''), trim_scale(high)::text),
                                         unit, sex, age_low::text,
                                         age_high::text, laboratory, valid_from, valid_to))
          FROM patients_referencerange
         WHERE site_id = p.site_id AND superseded_version IS NULL),
       (SELECT COALESCE(max(version), 0) FROM patients_rangechange
         WHERE site_id = p.site_id),
       (SELECT json_agg(json_build_array(s.id, s.effective_from, s.values)
                        ORDER BY s.effective_from, s.id)
          FROM eligibility_sitepolicy AS s JOIN eligibility_trial AS t ON t.id = s.trial_id
         WHERE s.site_id = p.site_id AND t.number = %(trial)s)
  FROM patients_patient AS p WHERE p.id = %(patient)s
"""
"""One statement, and so one moment: the person, every current fact, the statements in their order, the site's ranges
with the number of their last change, and its policies.

Of who is recorded as the patient it was stated with other records in sight: such statements are as old as can be, so
that any record which leaves a question open asks it anew.
"""


class PolicyRow(NamedTuple):
    """What a site has set of a trial's policy, from one day on."""

    id: int
    effective_from: date
    values: dict[str, Any]


class Snapshot(NamedTuple):
    """A record as of one version, and what else at its site an assessment rests on."""

    version: int
    record: Record
    read_with: str
    """The reading that the facts are of."""
    local_codes_version: int
    """The version of the site's map of local codes that they were read with."""
    is_read_otherwise: bool
    """One of its codes is read otherwise by a version that came into force since: it is to be read anew."""
    ranges_version: int
    """The last change of the site's reference ranges that is in it."""
    policies: tuple[PolicyRow, ...] = ()
    """The site's policies for the trial, in the order in which they come into force."""

    def policy(self, on: date) -> PolicyRow | None:
        """The one in force on a day; None: the protocol's own."""
        begun = [row for row in self.policies if row.effective_from <= on]
        return begun[-1] if begun else None


class NoSuchPatient(LookupError):
    """The patient does not exist, or not for whom is asking."""


def take(patient: UUID, *, trial: str) -> Snapshot:
    """All current facts, the statements on a trial's criteria, the site's reference ranges and policies.

    Raises:
        NoSuchPatient: there is none, or it is another site's.
    """
    with connection.cursor() as cursor:
        cursor.execute(_query(), {"patient": str(patient), "trial": trial})
        row = cursor.fetchone()
    if row is None:
        raise NoSuchPatient(str(patient))
    version, read_with, codes_version, read_otherwise, *others = row
    received, person, stored, stated, ranges, changes, policies = others
    held: dict[str, list[Any]] = {name: [] for name in _FIELDS.values()}
    arrived: dict[int, int] = {}
    for since, data in stored or ():
        fact = decode(data)
        held[_FIELDS[data["fact"]]].append(fact)
        arrived[id(fact)] = since
    facts = Facts(
        person=decode(person),
        received_on=received,
        dictionary=dictionary_of(read_with),
        **{name: tuple(of_kind) for name, of_kind in held.items()},
    )
    statements = tuple(_statement(row) for row in stated or ())
    site_ranges = tuple(_range(row) for row in ranges or ())
    record = Record(facts, statements, site_ranges, arrived)
    return Snapshot(
        version,
        record,
        read_with,
        codes_version,
        read_otherwise,
        changes,
        tuple(_policy(row) for row in policies or ()),
    )


class SiteSettings(NamedTuple):
    """What a site has set of a trial: by it a record that is not kept is judged as one that is."""

    ranges: tuple[SiteRange, ...]
    policy: dict[str, Any]


_SETTINGS = """
SELECT (SELECT json_agg(json_build_array(analyte,
                                         COALESCE(NULLIF(stated, ''), trim_scale(high)::text),
                                         unit, sex, age_low::text,
                                         age_high::text, laboratory, valid_from, valid_to))
          FROM patients_referencerange WHERE site_id = %(site)s AND superseded_version IS NULL),
       (SELECT s.values FROM eligibility_sitepolicy AS s JOIN eligibility_trial AS t ON t.id = s.trial_id
         WHERE s.site_id = %(site)s AND t.number = %(trial)s AND s.effective_from <= %(on)s
         ORDER BY s.effective_from DESC, s.id DESC LIMIT 1)
"""


def settings_of(site: int, *, trial: str, on: date) -> SiteSettings:
    """The site's reference ranges, and the policy that it has in force on a day; empty: the protocol's own."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS, {"site": site, "trial": trial, "on": on})
        ranges, policy = cursor.fetchone()
    held = json.loads(policy) if isinstance(policy, str) else policy
    return SiteSettings(tuple(_range(row) for row in ranges or ()), dict(held or {}))


def _query() -> sql.Composed:
    facts = sql.SQL(" UNION ALL ").join(
        sql.SQL(
            "SELECT since_version, fact FROM {} WHERE patient_id = p.id AND superseded_version IS NULL"
        ).format(sql.Identifier(table._meta.db_table))
        for table in CLINICAL
    )
    return sql.SQL(_EVERYTHING).format(facts=facts)


def _statement(row: list[Any]) -> Attestation:
    criterion, answer, stated_on, by, detail, note, source, version, dated = row
    day = date.fromisoformat(stated_on)
    source_dated = None if dated is None else date.fromisoformat(dated)
    return Attestation(criterion, answer, day, by, detail, note, source, version, source_dated)


def _range(row: list[Any]) -> SiteRange:
    analyte, high, unit, sex, low, up, laboratory, first, last = row
    return SiteRange(
        analyte,
        read_amount(analyte, Decimal(high), unit=unit),
        sex,
        None if low is None else Decimal(low),
        None if up is None else Decimal(up),
        " ".join(laboratory.split()).casefold(),
        None if first is None else date.fromisoformat(first),
        None if last is None else date.fromisoformat(last),
    )


def _policy(row: list[Any]) -> PolicyRow:
    ident, effective_from, values = row
    return PolicyRow(ident, date.fromisoformat(effective_from), values)
