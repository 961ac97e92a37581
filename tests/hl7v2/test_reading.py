"""What becomes what: each row of the table of docs/hl7v2.md, by plain Python."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from patients.intake import hl7v2
from patients.intake.hl7v2 import NotReadable, Sender
from tests.hl7v2.writing import adt, msh, obr, obx, oru, pid, written

LABORATORY = Sender("LAB", ZoneInfo("America/Toronto"), laboratory="General Hospital")
LOINC = "http://loinc.org"


def read(raw: bytes, sender: Sender = LABORATORY) -> hl7v2.Content:
    return hl7v2.read_message(hl7v2.parse(raw, charset=sender.charset), sender)


def result(*segments: str, **given: Any) -> dict[str, Any]:
    (made,) = read(oru(*segments, **given)).results
    return made


def refused(raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(NotReadable) as caught:
        read(raw)
    return [(one.code, one.place) for one in caught.value.faults]


def amount(made: dict[str, Any]) -> tuple[str, str, str]:
    held = made["valueQuantity"]
    return held.get("comparator", ""), str(held["value"]), held.get("unit", "")


def test_a_number_keeps_its_digits_and_its_unit() -> None:
    made = result(obx("6.30", unit="10*9/L^^UCUM"))
    assert made["valueQuantity"]["value"] == Decimal("6.30")
    assert str(made["valueQuantity"]["value"]) == "6.30"
    assert made["valueQuantity"]["code"] == "10*9/L"
    assert "code" not in result(obx("6.3", unit="x10E9/L^^L"))["valueQuantity"]
    assert result(obx("6.3", unit="K^^L^10*3/uL^^UCUM"))["valueQuantity"]["code"] == "10*3/uL"
    assert "unit" not in result(obx("6.3", unit=""))["valueQuantity"]


@pytest.mark.parametrize(
    ("kind", "value", "read_as"),
    [
        ("SN", "<^5", ("<", "5", "U/L")),
        ("SN", ">=^5.0", (">=", "5.0", "U/L")),
        ("SN", "^5", ("", "5", "U/L")),
        ("ST", "<5", ("<", "5", "U/L")),
        ("ST", ">= 5", (">=", "5", "U/L")),
        ("NM", "-0.5", ("", "-0.5", "U/L")),
    ],
)
def test_what_is_read_as_a_number(kind: str, value: str, read_as: tuple[str, str, str]) -> None:
    assert amount(result(obx(value, kind=kind, unit="U/L"))) == read_as


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("SN", "^1^-^2"),
        ("SN", "^1^:^128"),
        ("SN", "<>^5"),
        ("NM", "3,9"),
        ("NM", "pending"),
        ("NM", "1e5"),
        ("NM", "5~6"),
        ("NM", "negative"),
        ("CE", "A^^L~B^^L"),
        ("ED", "^application^pdf^Base64^AAAA"),
        ("", "5"),
    ],
)
def test_what_is_kept_as_text_and_never_guessed(kind: str, value: str) -> None:
    content = read(oru(obx(value, kind=kind)))
    made = content.results[0]
    assert "valueQuantity" not in made
    assert made["valueString"].partition(": ")[2]
    assert made["valueString"] not in ("negative", value)
    assert "not-interpretable" in {one.code for one in content.remarks}


def test_text_and_codes() -> None:
    assert result(obx("Negative", kind="ST"))["valueString"] == "Negative"
    assert result(obx("5.1", kind="ST"))["valueString"] == "5.1"
    assert result(obx("one~two", kind="TX"))["valueString"] == "one\ntwo"
    coded = result(obx("260385009^Negative^SCT", kind="CWE"))["valueCodeableConcept"]
    assert coded == {
        "coding": [
            {"system": "http://snomed.info/sct", "code": "260385009", "display": "Negative"}
        ],
        "text": "Negative",
    }
    assert "valueString" not in result(obx("", kind="ST"))
    assert "valueString" not in result(obx('""', kind="ST"))


def test_loinc_in_either_triplet_and_a_code_of_the_laboratory() -> None:
    made = result(obx(code="PLT^Platelets^99LAB^777-3^Plt^LN"))
    systems = [one["system"] for one in made["code"]["coding"]]
    assert systems == ["urn:trialscreen:hl7v2:code:LAB:99LAB", LOINC]
    assert made["identifier"][0]["value"] == "F-1|777-3|"
    local = result(obx(code="PLT^Platelets^L"))
    assert local["code"]["coding"][0]["system"] == "urn:trialscreen:hl7v2:code:LAB:L"


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("150-400", ("150", "400")),
        ("1.5 - 4.0", ("1.5", "4.0")),
        ("<20", ("", "20")),
        ("<=20", ("", "20")),
        (">60", ("60", "")),
        ("5-3", ("", "")),
        ("negative", ("", "")),
        ("M: 3-7 F: 2-6", ("", "")),
    ],
)
def test_ranges(text: str, limits: tuple[str, str]) -> None:
    (held,) = result(obx(limits=text))["referenceRange"]
    assert held["text"] == text
    assert (
        tuple(str(held[end]["value"]) if end in held else "" for end in ("low", "high")) == limits
    )
    assert all(held[end]["unit"] == "10*9/L" for end in ("low", "high") if end in held)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        *(("F", "final"), ("U", "final"), ("C", "corrected"), ("P", "preliminary")),
        *(("S", "preliminary"), ("I", "preliminary"), ("R", "preliminary"), ("X", "cancelled")),
        *(("N", "cancelled"), ("D", "entered-in-error"), ("W", "entered-in-error")),
    ],
)
def test_statuses(status: str, word: str) -> None:
    made = result(obx(status=status))
    assert made["status"] == word
    assert ("valueQuantity" in made) == (word != "entered-in-error")


def test_a_status_that_is_missing_or_unknown_is_refused() -> None:
    assert refused(oru(obx(status=""))) == [("missing-field", "OBX[1]-11")]
    assert refused(oru(obx(status="Z"))) == [("table-value", "OBX[1]-11")]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026", "2026"),
        ("202611", "2026-11"),
        ("20261120", "2026-11-20"),
        ("2026112008", "2026-11-20T08:00:00-05:00"),
        ("202611200830", "2026-11-20T08:30:00-05:00"),
        ("20260720083015.25", "2026-07-20T08:30:15.25-04:00"),
        ("202611220330+0000", "2026-11-22T03:30:00+00:00"),
    ],
)
def test_times_keep_their_precision_and_get_the_sites_zone(sent: str, kept: str) -> None:
    assert result(order=obr(collected=sent))["effectiveDateTime"] == kept


def test_a_day_that_does_not_exist_is_refused_with_its_place() -> None:
    assert refused(oru(order=obr(collected="20261131"))) == [("data-type", "OBR[1]-7")]
    assert refused(oru(person=pid(born="19701302"))) == [("data-type", "PID[1]-7")]


@pytest.mark.parametrize(
    "sent", ["20261350101500", "20260230083000", "202611202508", "000011200830", "2026113108"]
)
def test_an_hour_of_a_day_that_does_not_exist_is_refused_with_its_place(sent: str) -> None:
    assert refused(oru(order=obr(collected=sent))) == [("data-type", "OBR[1]-7")]
    assert refused(oru(head=msh(at=sent))) == [("data-type", "MSH[1]-7")]


def test_when_it_was_collected() -> None:
    assert result(obx(rest="|||20261119"))["effectiveDateTime"] == "2026-11-20T08:30:00-05:00"
    later = result(obx(rest="|||20261119"), order=obr(collected=""))
    assert later["effectiveDateTime"] == "2026-11-19"
    spm = "SPM|1|||BLD|||||||||||||20261118"
    assert result(obx(), spm)["effectiveDateTime"] == "2026-11-18"
    span = "SPM|1|||UR|||||||||||||20261117^20261118"
    assert result(obx(), span)["effectivePeriod"] == {"start": "2026-11-17", "end": "2026-11-18"}
    assert refused(oru(obx(), spm, span)) == [("data-type", "SPM[2]-17")]
    assert "effectiveDateTime" not in result(order=obr(collected=""))


def test_when_it_was_issued() -> None:
    assert result()["issued"] == "2026-11-20T10:15:00-05:00"
    assert result(order=obr(issued="20261120110000"))["issued"] == "2026-11-20T11:00:00-05:00"
    assert result(order=obr(issued="20261120"))["issued"] == "2026-11-20T10:15:00-05:00"
    assert result(order=obr(issued="20261121"))["issued"] == "2026-11-21"


def test_the_laboratory() -> None:
    assert result()["performer"] == [{"display": "General Hospital"}]
    named = result(obx(rest="||||LAB1^Side Laboratory"))
    assert named["performer"] == [{"display": "Side Laboratory"}]
    both = result(obx(rest="||||LAB1^Side Laboratory||||||||Main Laboratory"))
    assert both["performer"] == [{"display": "Main Laboratory"}]


def test_by_what_a_later_message_names_the_same_result() -> None:
    first, again = result(obx("5")), result(obx("6", status="C"))
    assert first["id"] == again["id"]
    assert first["id"] != result(obx("5", sub="2"))["id"]
    assert first["id"] != result(order=obr("F-2"))["id"]
    assert result(order=obr("F-1^GENERAL^1.2.3^ISO"))["identifier"][0]["system"] == (
        "urn:trialscreen:hl7v2:result:filler:urn:oid:1.2.3"
    )
    assert "id" not in result(order=obr(""))
    assert refused(oru(obx(status="C"), order=obr(""))) == [("no-order", "OBR[1]-3")]


def test_two_results_that_cannot_be_told_apart_are_refused() -> None:
    assert refused(oru(obx("5"), obx("6"))) == [("two-results", "OBX[2]-4")]
    assert len(read(oru(obx("5", sub="1"), obx("6", sub="2"))).results) == 2


def test_identifiers_of_a_person() -> None:
    several = "1^^^GENERAL^MR~2^^^PROV&2.16.840.1&ISO^JHN~9^^^GENERAL^VN~3"
    content = read(oru(person=pid(several)))
    assert content.person.identifiers == (
        ("urn:trialscreen:hl7v2:authority:GENERAL", "1"),
        ("urn:oid:2.16.840.1", "2"),
        ("urn:trialscreen:hl7v2:sender:LAB", "3"),
    )
    assert "set-aside" in {one.code for one in content.remarks}
    agreed = Sender("LAB", LABORATORY.zone, authorities={"GENERAL": "https://general.example/mrn"})
    assert read(oru(), agreed).person.identifiers == (("https://general.example/mrn", "INV-1"),)
    assert refused(oru(person=pid(""))) == [("missing-field", "PID[1]-3")]


def test_who_a_person_is() -> None:
    said = read(oru(person=pid(sex="O", rest="|||1 Main St^^Toronto^ON^M5G 2M9^CAN^H"))).person
    assert said.elements["gender"] == "other"
    assert said.elements["address"][0]["postalCode"] == "M5G 2M9"
    made = hl7v2.patient_resource(said)
    assert (made["birthDate"], made["name"][0]["family"]) == ("1970-01-02", "Invented")
    emptied = read(oru(person=pid(sex='""', born=""))).person
    changed = hl7v2.patient_resource(emptied, made)
    assert "gender" not in changed
    assert changed["birthDate"] == "1970-01-02"
    assert changed["identifier"] == made["identifier"]


def test_a_merge_names_both_records() -> None:
    content = read(adt("A40", pid("NEW^^^GENERAL"), "MRG|OLD^^^GENERAL"))
    assert content.kind is hl7v2.Kind.MERGE
    assert content.prior == (("urn:trialscreen:hl7v2:authority:GENERAL", "OLD"),)
    assert refused(adt("A40", pid())) == [("missing-segment", "MRG")]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (msh("ORU^R30"), "event"),
        (msh("MDM^T02"), "message-type"),
        (msh(version="2.1"), "version"),
        (msh(version="2.7"), "version"),
        (msh(processing="T"), "processing"),
        (msh(control=""), "missing-field"),
    ],
)
def test_messages_that_are_not_read(head: str, code: str) -> None:
    assert [each for each, _ in refused(oru(head=head))] == [code]


@pytest.mark.parametrize("version", ["2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6"])
def test_the_versions_that_are_read(version: str) -> None:
    assert read(oru(head=msh(version=version))).results


def test_escapes_signs_of_ones_own_and_line_ends() -> None:
    text = "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\X41\\g\\.br\\h\\Zq\\i"
    assert result(obx(text, kind="TX"))["valueString"] == "a|b^c&d~e\\fAg\nh\\Zq\\i"
    odd = oru().replace(b"|", b"#").replace(b"^", b"@").replace(b"@~\\&", b"@~\\&")
    assert read(odd).results == read(oru()).results
    for end in (b"\n", b"\r\n"):
        assert read(oru().replace(b"\r", end)).results == read(oru()).results


def test_character_sets() -> None:
    person = pid(name="Lefèvre^Zoé")
    for named, codec in (("UNICODE UTF-8", "utf-8"), ("8859/1", "latin-1")):
        raw = written(msh(charset=named), person, obr(), obx(), charset=codec)
        assert read(raw).person.family == "Lefèvre"
    wrong = written(msh(charset="UNICODE UTF-8"), person, obr(), obx(), charset="latin-1")
    assert refused(wrong) == [("charset", "line 2 (PID), byte 31")]
    assert refused(written(msh(), person, obr(), obx())) == [("charset", "line 2 (PID), byte 31")]
    assert refused(oru(head=msh(charset="ISO IR87")))[0][0] == "charset"
    assert refused(oru(obx("5\x00")))[0][0] == "bad-character"


def test_structures_that_are_not_understood_are_refused() -> None:
    assert refused(written(msh(), pid(), obx()))[0][0] == "segment"
    assert refused(written(msh(), obr(), obx())) == [("missing-segment", "PID")]
    assert refused(written(msh(), pid(), pid(), obr(), obx())) == [("segment", "line 3")]
    assert refused(written(msh(), pid(), obr())) == [("missing-segment", "OBX")]
    assert refused(written(msh(), pid(), "a note", obr(), obx()))[0] == ("segment", "line 3")
    assert refused(oru(obx(), "DSC|1"))[0][0] == "incomplete"


def test_what_is_not_used_is_said() -> None:
    content = read(oru("ZLB|1|own", obx()))
    assert [one.detail for one in content.remarks] == ["ZLB is kept in the message and not used."]


def test_batches() -> None:
    two = oru(control="M1") + oru(control="M2")
    whole = b"FHS|^~\\&|\rBHS|^~\\&|\r" + two + b"BTS|2\rFTS|1\r"
    assert hl7v2.unpack(whole).messages == hl7v2.unpack(two).messages
    assert len(hl7v2.unpack(whole).messages) == 2
    assert hl7v2.unpack(oru()) == hl7v2.Batch((oru(),), is_batch=False)
    for broken in (
        whole.replace(b"BTS|2", b"BTS|3"),
        b"BHS|^~\\&|\r" + two,
        b"BHS|^~\\&|\rBTS|0\r",
    ):
        with pytest.raises(NotReadable):
            hl7v2.unpack(broken)
