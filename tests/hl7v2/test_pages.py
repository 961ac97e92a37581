"""The queue: what arrived, what was refused and why, and processing it again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from patients.models import MessageSender, ReceivedMessage, UnplacedMessage
from tests.api.stored.conftest import Asker
from tests.hl7v2.conftest import at_site, code, make_sender, outcomes, results, send
from tests.hl7v2.writing import adt, msh, obr, obx, oru, pid
from trialscreen.institution.models import Account, Role, Site, StaffRole

pytestmark = pytest.mark.django_db


def browser(name: str, role: Role, site: Site | None) -> Client:
    account = Account.objects.create_user(name, "a long way round the lake", name=name.title())
    StaffRole.objects.create(account=account, site=site, role=role, first_day="2026-01-01")
    made = Client()
    made.force_login(account)
    return made


@pytest.fixture
def reader(toronto: Site) -> Client:
    return browser("corinne", Role.COORDINATOR, toronto)


@pytest.fixture
def administrator(db: None) -> Client:
    return browser("ada", Role.ADMINISTRATOR, None)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def key(site: Site, **of: Any) -> int:
    with at_site(site):
        return ReceivedMessage.objects.filter(**of).latest("pk").pk


def test_the_list_says_what_became_of_each(
    ehr: Asker, laboratory: MessageSender, reader: Client, toronto: Site
) -> None:
    assert "No message has arrived yet" in text(reader.get("/incoming/messages/"))
    for raw in (oru(), oru(), oru(obx(status="Z"), control="M2")):
        send(ehr, raw)
    shown = text(reader.get("/incoming/messages/"))
    assert all(one in shown for one in ("Applied", "Sent again", "Refused", "is no status"))
    refused = text(reader.get("/incoming/messages/?outcome=refused"))
    assert "M2" in refused
    assert "M1" not in refused
    assert "No message matches" in text(reader.get("/incoming/messages/?day=2020-01-01"))
    assert "M2" in text(reader.get("/incoming/messages/?outcome=odd&day=x&sender=0&before=-1"))


def test_a_reason_is_marked_where_it_lies(
    ehr: Asker, laboratory: MessageSender, reader: Client, toronto: Site
) -> None:
    send(ehr, oru(obx("<script>alert(1)</script>", kind="ST", status="Z")))
    answer = reader.get(f"/incoming/messages/{key(toronto)}/")
    assert "<script>alert" not in answer.content.decode()
    (marked,) = re.findall(r"<mark>(.*?)</mark>", answer.content.decode(), re.DOTALL)
    assert "<b>11</b> <code>Z</code>" in marked
    assert "OBX[1]-11" in text(answer)
    assert reader.get("/incoming/messages/999999999/").status_code == 404


def test_nobody_sees_messages_of_another_site(
    ehr: Asker, laboratory: MessageSender, toronto: Site, montreal: Site
) -> None:
    send(ehr, oru())
    elsewhere = browser("elle", Role.COORDINATOR, montreal)
    there = f"/incoming/messages/{key(toronto)}/"
    assert elsewhere.get(there).status_code == 404
    assert elsewhere.post(f"{there}replay/").status_code == 404
    assert "M1" not in text(elsewhere.get("/incoming/messages/"))


def test_a_refused_message_is_replayed_by_the_state_of_now(
    ehr: Asker, laboratory: MessageSender, reader: Client, toronto: Site
) -> None:
    merge = adt("A40", pid(), "MRG|OLD^^^GENERAL")
    send(ehr, oru())
    assert code(send(ehr, merge).content) == "AA"  # nobody is known by MRG-1
    there = f"/incoming/messages/{key(toronto)}/"
    assert "Concerned nobody" in text(reader.get(there))
    send(ehr, oru(person=pid("OLD^^^GENERAL"), order=obr("F-2"), control="M2"))
    assert reader.post(f"{there}replay/").status_code == 302
    shown = text(reader.get(there))
    assert "Replayed" in shown
    assert "Corinne" in shown
    again = reader.post(f"{there}replay/")
    assert again.status_code == 409
    assert "It was applied already." in text(again)


def test_a_message_of_an_unknown_sender_is_replayed_once_it_is_registered(
    ehr: Asker, reader: Client, toronto: Site
) -> None:
    assert code(send(ehr, oru()).content) == "AE"
    there = f"/incoming/messages/{key(toronto)}/"
    assert "Nobody is registered" in text(reader.post(f"{there}replay/"))
    make_sender(toronto)
    assert reader.post(f"{there}replay/").status_code == 302
    assert outcomes(toronto) == ["applied"]
    assert len(results(toronto)) == 1
    assert code(send(ehr, oru()).content) == "AA"
    assert outcomes(toronto) == ["applied", "duplicate"]


def test_an_older_word_on_a_person_does_not_overtake_a_later_one(
    ehr: Asker, laboratory: MessageSender, reader: Client, toronto: Site
) -> None:
    early = adt("A08", pid("LATER^^^GENERAL", name="Early^Ada"), control="A1")
    assert code(send(ehr, early).content) == "AA"  # of nobody
    there = f"/incoming/messages/{key(toronto)}/"
    send(ehr, oru(person=pid("LATER^^^GENERAL")))
    send(ehr, adt("A08", pid("LATER^^^GENERAL", name="Late^Ada"), control="A2"))
    reader.post(f"{there}replay/")
    assert "A later message has said since" in text(reader.get(there))


def test_the_interface_lists_shows_and_replays(
    ehr: Asker, laboratory: MessageSender, toronto: Site
) -> None:
    send(ehr, oru(obx(status="Z")))
    (row,) = ehr.get("/api/v1/messages/?outcome=refused").json()["results"]
    assert (row["control_id"], row["replayable"], row["sender"]) == (
        "M1",
        True,
        "General laboratory",
    )
    one = ehr.get(f"/api/v1/messages/{row['id']}/").json()
    assert one["raw_base64"].startswith("TVNI")
    assert one["attempts"][0]["reasons"][0]["place"] == "OBX[1]-11"
    again = ehr.post(f"/api/v1/messages/{row['id']}/replay/", b"").json()
    assert [each["why"] for each in again["attempts"]] == ["arrived", "replayed"]
    assert ehr.get("/api/v1/messages/?outcome=odd").status_code == 400
    assert ehr.get("/api/v1/messages/?day=2026-1-1").status_code == 400
    assert ehr.get("/api/v1/messages/0/").status_code == 404
    assert ehr.get(f"/api/v1/messages/{2**70}/").status_code == 404


def test_senders_are_registered_and_ended_by_administrators(
    ehr: Asker, administrator: Client, toronto: Site
) -> None:
    new = f"/administration/sites/{toronto.code}/senders/new/"
    said = {
        "name": "General laboratory",
        "application": "LAB",
        "facility": "GENERAL",
        "client": "ehr",
        "charset": "ASCII",
        "authorities": "GENERAL = urn:oid:1.2.3",
        "reason": "The feed goes live",
    }
    for wrong, sentence in (
        ({"client": ""}, "Say which API client"),
        ({"client": "nobody"}, "No API client has this id"),
        ({"networks": "everywhere"}, "is no address or network"),
        ({"certificate": "abc"}, "SHA-256"),
        ({"authorities": "GENERAL"}, "Each line is"),
        ({"source": "rest"}, "source of ours"),
        ({"reason": ""}, "Say why"),
    ):
        answer = administrator.post(new, said | wrong)
        assert (answer.status_code, sentence in text(answer)) == (422, True), wrong
    assert administrator.post(new, said).status_code == 302
    assert administrator.post(new, said).status_code == 422
    assert code(send(ehr, oru()).content) == "AA"
    shown = text(administrator.get("/administration/senders/"))
    assert "General laboratory" in shown
    with at_site(toronto):
        held = MessageSender.objects.get()
    end = f"/administration/sites/{toronto.code}/senders/{held.pk}/end/"
    assert administrator.post(end, {"reason": "Replaced"}).status_code == 302
    assert code(send(ehr, oru(control="M2")).content) == "AE"
    assert administrator.post(end, {"reason": "Replaced"}).status_code == 422


def test_what_belongs_to_no_site_is_counted_and_not_shown(
    administrator: Client, toronto: Site
) -> None:
    UnplacedMessage.objects.create(
        received_at="2026-11-22T10:00:00Z",
        way="mllp",
        peer="10.0.0.9",
        application="NOBODY",
        size=20,
        digest="0" * 64,
        raw=oru(person=pid(name="Secret^Name"), head=msh(application="NOBODY")),
    )
    shown = text(administrator.get("/administration/senders/"))
    assert "at no site: 1" in shown
    assert "NOBODY" in shown
    assert "Secret" not in shown
