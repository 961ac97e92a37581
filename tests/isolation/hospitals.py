"""Three sites with people, clients and patients, and in every text that is kept of a patient a word of their site.

A word that turns up in an answer to somebody else is a leak, wherever it came from.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import Application

from eligibility import demonstration
from eligibility.actions import Look, assess, confirm, register, set_policy, sign, start
from eligibility.actions import notes as noting
from eligibility.models import (
    Deviation,
    Dispatch,
    Endpoint,
    Note,
    Screening,
    SiteApproval,
)
from patients.actions import Attribution, local_codes, receive_bundle, set_aside_record
from patients.actions.importing.uploading import Sent, upload
from patients.actions.merging import Merging, merge
from patients.actions.message_senders import MLLP, Connection
from patients.actions.messages import receive_messages
from patients.actions.ranges import Limit, add_range
from patients.api.facts import KINDS
from patients.codes.local_rows import Row
from patients.models import (
    FhirVersion,
    Import,
    LocalCodesVersion,
    MessageSender,
    Patient,
    PatientMerge,
    ReceivedMessage,
    ReferenceRange,
)
from tests.api.stored.conftest import make_client
from tests.isolation.connected import asks, key_of, tells, tried
from tests.workflow.staffed import (
    PASSWORD,
    PROTOCOL,
    SINCE,
    Staffed,
    answer,
    confirm_absences,
    staffed,
)
from trialscreen.institution.models import (
    Account,
    ClientKey,
    Delegation,
    Role,
    Site,
    StaffRole,
    TrailEntry,
)
from trialscreen.institution.scope import SETTING, use_sites
from trialscreen.institution.tokens import issue_token
from trialscreen.institution.trail.actions import Word, note
from trialscreen.wiring.owner import as_owner

PLANTED = {"avonlea": "zirkonerz", "brandon": "quarzfeld", "calgary": "topaswald"}
"""Of each site, by its code, the word that stands in everything that is kept of its patients."""
HOUSE = {"avonlea": "malvenhof", "brandon": "birkenhof", "calgary": "rosenhofs"}
"""And the word of what a site says of no patient, its ranges and its policy: an administrator may read it."""
MRN = "urn:mrn"
SAME_NUMBER = "777000111"
"""A number that a patient of every site has: what is unique at a site alone must not collide across them."""
EVERY_SCOPE = "patients.read patients.write eligibility.read logs.read"
WITH_THE_TRAIL = f"{EVERY_SCOPE} system/AuditEvent.rs"
"""A scope of SMART holds at /fhir alone, and opens no cell of the table of rights by itself."""


@dataclass
class Hospital:
    """One site, and what it keeps: under each word of a path or a field, every id that stands for it here."""

    site: Site
    word: str
    team: Staffed
    ids: dict[str, list[str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    """The version in force of each patient and screening, for `If-Match`."""

    def one(self, kind: str, index: int = 0) -> str:
        return self.ids[kind][index]


@dataclass
class Asker:
    """Somebody who asks: a person with a session, a client with a token, or nobody."""

    name: str
    home: str = ""
    """The code of the site that they are of; empty for whoever is of none or of all."""
    sees: frozenset[str] = frozenset()
    """Sites whose patients they may see."""
    knows: frozenset[str] = frozenset()
    """Sites of which names and staff may be told to them."""
    token: str = ""
    http: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def forbidden(self, *, names: bool = True) -> tuple[bytes, ...]:
        """Words that no answer to them may contain: of patients, and `names` of sites and their staff."""
        words = [word for code, word in PLANTED.items() if code not in self.sees]
        house = [word for code, word in HOUSE.items() if code not in self.knows | self.sees]
        places = PLANTED.keys() - self.knows if names else ()
        return tuple(one.encode() for one in [*words, *house, *places])


@dataclass
class World:
    hospitals: Mapping[str, Hospital]
    askers: Mapping[str, Asker]

    def others(self, asker: Asker) -> list[Hospital]:
        """Sites whose patients do not exist for who asks."""
        return [one for code, one in self.hospitals.items() if code not in asker.sees]

    def at_home(self, asker: Asker) -> Hospital:
        return self.hospitals[asker.home or "avonlea"]


def build() -> World:
    hospitals = {}
    for place, (code, word) in enumerate(PLANTED.items(), 1):
        _number_from(700_001 + place * 10_000)
        hospitals[code] = _hospital(code, word)
    for one in hospitals.values():
        _list_ids(one)
    return World(hospitals, {one.name: one for one in _askers(hospitals)})


def one_hospital() -> Hospital:
    """The first of them alone, for who needs no others; within a transaction of the caller."""
    code, word = next(iter(PLANTED.items()))
    made = _hospital(code, word)
    _list_ids(made)
    return made


def _number_from(first: int) -> None:
    """Rows of each site get numbers that no other row has, so that an answer can be searched for them."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(quote_ident(sequencename), %s) FROM pg_sequences WHERE schemaname = 'public'",
            [first],
        )


def planted(key: str, word: str, number: int, *, on: date) -> dict[str, Any]:
    """An invented patient with the site's word in every text."""
    bundle: dict[str, Any] = copy.deepcopy(dict(demonstration.bundle(key, on=on)))
    for place, entry in enumerate(bundle["entry"]):
        resource = entry["resource"]
        resource["note"] = [{"text": f"{word} remark {place}"}]
        resource["text"] = {"status": "generated", "div": f"<div>{word} narrative</div>"}
        if isinstance(resource.get("code"), dict):
            resource["code"]["text"] = f"{word} {resource['code'].get('text', '')}"
        if resource["resourceType"] == "Patient":
            resource.pop("note")
            resource["name"] = [{"family": word.title(), "given": [f"{word.title()}{number}"]}]
            resource["identifier"] = [
                {"system": MRN, "value": f"{word}-{number}"},
                {"system": MRN, "value": f"{SAME_NUMBER}{number}"},
            ]
    return bundle


def _hospital(code: str, word: str) -> Hospital:
    site = Site.objects.create(
        code=code, name=f"{code} centre", city=code, time_zone="America/Toronto", opened_on=SINCE
    )
    today = timezone.localdate(timezone=site.zone)
    with use_sites([site.pk]):
        team = staffed(code)
        add_range(
            Limit(analyte="creatinine", high=Decimal("101.5"), unit="umol/L", laboratory=f"{HOUSE[code]} lab"),
            site=site, by=team.investigator, reason=f"{HOUSE[code]} range",
        )  # fmt: skip
        set_policy(
            {}, site=site, protocol=PROTOCOL, effective_from=SINCE, by=team.investigator,
            reason=f"{HOUSE[code]} policy",
        )  # fmt: skip
        tells(team, HOUSE[code])
        _map(team, HOUSE[code])
        first = _screened(team, word, 1, today, far=4)
        _screened(team, word, 2, today, far=2 if code == "avonlea" else 0)
        _talk(team, first, word, today)
        _one_person(team, first, word, today)
        _imported(team, word)
        tried(site, team.investigator)
        _sent_messages(team, word)
        SiteApproval.objects.create(
            site=site, trial=team.trial, kind="ethics", reference=f"{HOUSE[code]} approval",
            approved_on=SINCE, recorded_by=team.investigator,
        )  # fmt: skip
    return Hospital(site, word, team)


def _map(team: Staffed, word: str) -> None:
    """A map of the site's own codes in force, and a draft."""
    system, reason = f"https://{word}.invalid", f"{word} map"
    by, other = team.coordinator, team.investigator
    for code in ("one", "two"):
        row = Row(1, system, f"{word}-{code}", f"{word} test", "loinc", "751-8", f"{word} comment")
        held = local_codes.propose([row], site=team.site, reason=reason, by=by)
        if code == "one":
            local_codes.review(held, statement=reason, by=other)
            local_codes.put_in_force(held, reason=reason, by=other)


def _received(team: Staffed, word: str, number: int, today: date) -> Patient:
    return receive_bundle(
        demonstration.to_json(planted("meets-everything", word, number, on=today)),
        site=team.site, source=f"{word}-ehr-{number}", received_on=today,
        by=Attribution(client=f"ehr-{team.site.code}"),
    ).patient  # fmt: skip


def _sent_messages(team: Staffed, word: str) -> None:
    """A sender of the site, whom administrators know, and one message that is refused."""
    house = HOUSE[team.site.code]
    MessageSender.objects.create(
        site=team.site, name=house, application=house, source=house, networks=["127.0.0.1"]
    )
    raw = f"MSH|^~\\&|{house}||||20261120||ORU^R01|{word}|P|2.5\rPID|1||{word}||{word}\r".encode()
    receive_messages(
        raw,
        connection=Connection(MLLP, "127.0.0.1"),
        site_ids=[team.site.pk],
        fallback=team.site,
        at=timezone.now(),
    )


def _imported(team: Staffed, word: str) -> None:
    """A file that was sent and waits to be checked."""
    content = f"patient_id,loinc,value,collected\n{word}-1,777-3,212,2026-11-18\n".encode()
    upload(
        [Sent(f"{word}.csv", [content])], site=team.site, source=f"{word}-ehr-1", system="",
        by=Attribution(person=team.coordinator),
    )  # fmt: skip


def _one_person(team: Staffed, held: Screening, word: str, today: date) -> None:
    """Another record of a patient, recorded as one."""
    other = _received(team, word, 7, today)
    asked = Merging(held.patient_id, other.pk, f"{word} merge", f"{word} made sure")
    merge(asked, site=team.site, by=Attribution(person=team.coordinator))


def _screened(team: Staffed, word: str, number: int, today: date, *, far: int) -> Screening:
    """A patient of whom so many acts are done: started, confirmed, signed, registered."""
    patient = _received(team, word, number, today)
    told: Any = demonstration.document("meets-everything", on=today)
    for one in told["attestations"]:
        answer(patient, one["criterion"], one["answer"], on=one["stated_on"])
    confirm_absences(patient.pk, on=today)
    assess(patient.pk, protocol=PROTOCOL, on=today)
    held = Screening.objects.get(patient=patient)
    by = team.coordinates
    of: dict[str, Any] = {"protocol": PROTOCOL, "on": today}
    consent: dict[str, Any] = {"consent_version": f"{word} 1", "consent_on": today}
    acts = (
        lambda: start(held.pk, by=by, on=today, seen=held.version),
        lambda: confirm(held.pk, by=by, seen=_look(held), **of),
        lambda: sign(held.pk, by=team.investigates, password=PASSWORD, at=timezone.now(), seen=held.version, **of),
        lambda: register(held.pk, by=by, seen=held.version, part="A", **consent, **of),
    )  # fmt: skip
    for act in acts[:far]:
        act()
        held.refresh_from_db()
    return held


def more_of(hospital: Hospital) -> None:
    """One patient more at a site, who is registered at once."""
    site = hospital.site
    with use_sites([site.pk]):
        _screened(hospital.team, hospital.word, 9, timezone.localdate(timezone=site.zone), far=3)


def _look(held: Screening) -> Look:
    return Look(held.version, Patient.objects.get(pk=held.patient_id).record_version)


def _talk(team: Staffed, held: Screening, word: str, today: date) -> None:
    """Notes, a deviation, a record set aside: what people say."""
    said: dict[str, Any] = {"by": team.coordinator, "on": today}
    thread = noting.write(
        held.pk, criterion="platelets", text=f"{word} thread", protocol=PROTOCOL,
        assignee=team.investigator.pk, **said,
    )  # fmt: skip
    noting.answer(held.pk, thread.pk, text=f"{word} answer", **said)
    Deviation.objects.create(
        site=team.site, screening=held, criterion="platelets", text=f"{word} deviation",
        occurred_on=today, by=team.coordinator, by_name=team.coordinator.name,
    )  # fmt: skip
    result = KINDS["lab-results"].objects.filter(superseded_version=None).order_by("pk").first()
    assert result is not None
    set_aside_record(
        patient=result.patient, site=team.site, source=result.source, ref=result.ref,
        reason=f"{word} reason", note=f"{word} set aside", by=team.coordinator,
    )  # fmt: skip


def _list_ids(one: Hospital) -> None:
    with use_sites([one.site.pk]):
        held = list(Screening.objects.order_by("number"))
        notes = list(Note.objects.order_by("pk").values_list("pk", flat=True))
        facts = {
            kind: list(table.objects.order_by("pk").values_list("pk", flat=True)[:2])
            for kind, table in KINDS.items()
        }
        messages = list(ReceivedMessage.objects.values_list("pk", flat=True))
        senders = list(MessageSender.objects.values_list("pk", flat=True))
        jobs = list(Import.objects.values_list("pk", flat=True))
        addressed = FhirVersion.objects.filter(type="Observation", current=True).order_by("pk")
        records = list(addressed.values_list("record", flat=True)[:2])
        version = addressed[0]
        note(
            Word.VIEWED,
            about="patient",
            key=str(version.patient_id),
            site=one.site.pk,
            patient=version.patient_id,
        )
        acts = TrailEntry.objects.filter(patient_id=version.patient_id, kind="viewed").order_by(
            "pk"
        )
        looks = list(acts.values_list("pk", flat=True)[:1])
        merges = list(PatientMerge.objects.values_list("pk", flat=True))
        maps = list(LocalCodesVersion.objects.order_by("pk").values_list("pk", flat=True))
        approvals = list(SiteApproval.objects.values_list("pk", flat=True))
        webhooks = list(Endpoint.objects.values_list("pk", flat=True))
        sent = list(Dispatch.objects.order_by("pk").values_list("pk", flat=True)[:3])
        limits = list(ReferenceRange.objects.order_by("pk").values_list("pk", flat=True))
        one.versions = {str(each.pk): str(each.version) for each in held} | {
            str(each.patient_id): str(
                Patient.objects.values_list("record_version", flat=True).get(pk=each.patient_id)
            )
            for each in held
        }
    entries = Delegation.objects.filter(site=one.site).values_list("pk", flat=True)
    staff = [one.team.coordinator, one.team.investigator]
    roles = StaffRole.objects.filter(site=one.site).order_by("pk").values_list("pk", flat=True)
    make_client(f"ehr-{one.site.code}", one.site)
    clients = list(Application.objects.filter(grants__site=one.site).values_list("pk", flat=True))
    word, by = HOUSE[one.site.code], one.team.investigator
    key = ClientKey.objects.create(
        application_id=clients[0], added_by=by, **key_of(word, timezone.now())
    )
    with use_sites([one.site.pk]):
        system, its_key = asks(one.site, by, word)
    one.ids = {
        "patient": [str(each.patient_id) for each in held],
        "screening": [str(each.pk) for each in held],
        "label": [each.label for each in held],
        "note": [str(each) for each in notes],
        "limit": [str(each) for each in limits],
        "fhir": [str(each) for each in records],
        "fhir Patient": [str(each.patient_id) for each in held],
        "fhir ResearchSubject": [str(each.pk) for each in held],
        "fhir Provenance": [f"{version.record}.{version.version_id}"],
        "fhir AuditEvent": [str(each) for each in looks],
        "merge": [str(each) for each in merges],
        "job": [str(each) for each in jobs],
        "local_codes": [str(each) for each in maps],
        "message": [str(each) for each in messages],
        "sender": [str(each) for each in senders],
        "approval": [str(each) for each in approvals],
        "webhook": [str(each) for each in webhooks],
        "delivery": [str(each) for each in sent],
        "client key": [str(key.pk)],
        "system": [str(system)],
        "system key": [str(its_key)],
        "role": [str(each) for each in roles],
        "client": [str(each) for each in clients],
        "entry": [str(each) for each in entries],
        "code": [one.site.code],
        "site": [str(one.site.pk)],
        "account": [str(each.pk) for each in staff],
        "username": [each.username for each in staff],
        "family": [one.word.title()],
        "mrn": [f"{one.word}-1"],
        "identifier": [f"{MRN}|{one.word}-1"],
        "reference": [f"Patient/{each.patient_id}" for each in held],
        **{f"fact {kind}": [str(each) for each in keys] for kind, keys in facts.items() if keys},
    }


def _askers(hospitals: Mapping[str, Hospital]) -> Iterator[Asker]:
    """Everybody in every role, and clients with each scope; `stranger` is the client of another site."""
    yield Asker("anonymous")
    here, everywhere = frozenset({"avonlea"}), frozenset(PLANTED)
    team = hospitals["avonlea"].team
    for account, name in ((team.coordinator, "coordinator"), (team.investigator, "investigator")):
        yield signed_in(Asker(name, "avonlea", here, here), account)
    for name, role in (("monitor", Role.MONITOR), ("administrator", Role.ADMINISTRATOR)):
        account = Account.objects.create_user(f"some.{name}", PASSWORD, name=f"Some {name}")
        StaffRole.objects.create(account=account, role=role, first_day=SINCE)
        yield signed_in(Asker(name, "", frozenset(), everywhere), account)
    token = issue_token(team.coordinator, expires=timezone.now() + timedelta(hours=8))
    yield Asker("coordinator's token", "avonlea", here, here, token)
    for scope in WITH_THE_TRAIL.split():
        sees = frozenset() if scope == "logs.read" else here
        made = make_client(f"client-{scope}", hospitals["avonlea"].site, scopes=scope)
        yield Asker(f"client {scope}", "avonlea", sees, here, made.token)
    made = make_client("client-everything", hospitals["avonlea"].site, scopes=WITH_THE_TRAIL)
    yield Asker("client", "avonlea", here, here, made.token)
    there = frozenset({"brandon"})
    made = make_client("client-stranger", hospitals["brandon"].site, scopes=WITH_THE_TRAIL)
    yield Asker("stranger", "brandon", there, there, made.token)


def signed_in(asker: Asker, account: Account) -> Asker:
    asker.http.force_login(account)
    return asker


def tables() -> list[str]:
    """Every table whose rows are those of a site."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'site_id'"
            " WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def of_patients() -> set[str]:
    """Those of them whose rows are a patient's: nobody who runs the trial writes any. Who wrote is in the trail."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name IN ('patient_id', 'screening_id')"
        )
        return {name for (name,) in cursor.fetchall()} - {"institution_trailentry"}


def digests(site_ids: list[int], names: list[str]) -> dict[tuple[str, int], str]:
    """Of each table and site a sum over all its rows; what a table holds of nobody is not there."""
    found: dict[tuple[str, int], str] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        # Said here and not by `use_sites`, which a test may have switched off.
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        before = cursor.fetchone()[0] or ""
        cursor.execute(
            "SELECT set_config(%s, %s, true)", [SETTING, ",".join(str(one) for one in site_ids)]
        )
        for name in names:
            cursor.execute(
                f"SELECT site_id, md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {name} t"
                " WHERE site_id = ANY (%s) GROUP BY 1",
                [site_ids],
            )
            found.update({(name, site): total for site, total in cursor.fetchall()})
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, before])
    return found
