"""The filed checklist: on two pages, for archives, the same bytes again, and nothing in it is markup."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from eligibility.actions import Actor, assess, give_reason, record_deviation
from eligibility.models import Screening
from eligibility.presenters import filed as words
from eligibility.reports import filed, typeset
from patients.models import Patient
from tests.eligibility.stored import make_site
from tests.workflow.rescreened import PLATELETS, again, count
from tests.workflow.staffed import ON, PROTOCOL, Staffed, answer, candidate, staffed
from tests.workflow.test_journey import signed
from trialscreen.institution.scope import use_sites

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "filed" / "checklist.typ"
PRINTED = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
HOSTILE = '#panic("x") $1 *b* _i_ \\ `r` <l> @ref [c] // = h ~ "q" \' #{sys.inputs}'


@pytest.fixture
def team(db: None) -> Iterator[Staffed]:
    site = make_site()
    with use_sites([site.pk]):
        yield staffed(site.code)


def document(held: Screening, *, by: str = "Anna Larose") -> dict[str, Any]:
    return words.document(
        filed.read(held.pk, sites=[held.site_id]), printed_by=by, printed_at=PRINTED
    )


def pdf(held: Screening, *, by: str = "Anna Larose", at: datetime = PRINTED) -> bytes:
    return typeset.pdf(TEMPLATE, document(held, by=by), made=at)


def pages(raw: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", raw))


def read_back(raw: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=raw, capture_output=True, check=True
    )
    return done.stdout.decode()


@pytest.mark.requirement(40)
def test_a_signed_patient_on_two_pages(team: Staffed) -> None:
    held = signed(team)
    raw = pdf(held)
    assert pages(raw) == 2
    assert b"pdfaid:part>2" in raw
    assert b"pdfaid:conformance>A" in raw
    said = document(held)
    assert said["standing"] == "Confirmed and signed."
    assert said["signed"]["who"] == "investigator.toronto".replace(".", " ")
    assert said["signed"]["when"] == "25 Nov 2026, 10:30 (EST, UTC-0500)"
    assert said["signed"]["meaning"].startswith("I have reviewed the findings")
    assert said["signed"]["digest"].startswith("sha256:")
    assert said["confirmed"]["digest"] != said["signed"]["digest"]
    assert sum(len(group["rows"]) for group in said["groups"]) == 40


def test_a_signature_that_is_no_longer_the_one_given_is_said(team: Staffed) -> None:
    held = signed(team)
    found = filed.read(held.pk, sites=[held.site_id])
    assert found.fault == ""
    assert document(held)["signed"]["check"] == "Worked out again for this print: the same."
    assert found.sign_off is not None
    found.sign_off.meaning = "Something else."
    broken = replace(found, fault=filed._fault(found.sign_off))
    said = words.document(broken, printed_by="Anna", printed_at=PRINTED)
    assert said["final"] is False
    assert said["standing"] == said["signed"]["check"] == broken.fault != ""


def test_the_same_data_at_the_same_moment_are_the_same_bytes(team: Staffed) -> None:
    held = signed(team)
    assert pdf(held) == pdf(held)
    assert pdf(held) != pdf(held, at=PRINTED.replace(minute=31))
    assert pdf(held) != pdf(held, by="Somebody Else")


@pytest.mark.requirement(40)
def test_what_is_printed_can_be_read_back(team: Staffed) -> None:
    held = signed(team)
    said = read_back(pdf(held))
    assert "Page 1 of 2" in said
    assert "Page 2 of 2" in said
    assert "printed by Anna Larose, 25 Nov 2026, 11:30" in said
    assert "Signature in ink" in said
    assert held.label in said


def test_a_candidate_is_a_working_copy(team: Staffed) -> None:
    held = candidate("nobody-confirmed", team.site, confirmed=False)
    said = document(held)
    assert said["standing"].startswith("Working copy: nobody")
    assert (said["confirmed"], said["signed"], said["final"]) == (None, None, False)
    assert pages(pdf(held)) == 2


def test_what_no_longer_holds_is_said(team: Staffed) -> None:
    held = signed(team)
    answer(Patient.objects.get(pk=held.patient_id), "no-active-infection", "not_met", on=str(ON))
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    said = document(held)
    assert said["standing"].startswith("Working copy: what was confirmed before")
    assert [title.partition(",")[0] for title, _text in said["notes"]][-1] == "No longer held"
    assert said["signed"] is None


def test_what_was_repeated_after_a_failure_is_told_with_its_reason(team: Staffed) -> None:
    held = again(team)
    assert not [title for title, _ in document(held)["notes"] if "Repeated" in title]
    count(150)
    held.refresh_from_db()
    [(title, text)] = _repeats(held)
    assert ": Platelets ≥" in title
    assert "In the episode before: " in text
    assert text.endswith("No reason is given yet.")
    for text in ("Clumped", "Clumped in EDTA"):
        give_reason(
            held.pk,
            by=team.coordinates,
            protocol=PROTOCOL,
            on=ON,
            seen=held.version,
            criterion=PLATELETS,
            reason="specimen",
            text=text,
        )
        held.refresh_from_db()
    [(_title, text)] = _repeats(held)
    assert "Specimen unsuitable or mishandled: Clumped in EDTA (" in text
    assert team.coordinates.name in text
    assert pages(pdf(held)) == 2


def _repeats(held: Screening) -> list[list[str]]:
    return [note for note in document(held)["notes"] if note[0].startswith("Repeated")]


def test_nothing_said_is_markup(team: Staffed) -> None:
    held = signed(team)
    record_deviation(
        held.pk,
        by=Actor.person(team.coordinator),
        protocol=PROTOCOL,
        on=ON,
        seen=held.version,
        criterion="",
        text=HOSTILE,
        occurred_on=ON,
    )
    said = document(held, by=HOSTILE)
    for place in ("title", "name", "number", "standing", "status", "trial_title"):
        said[place] = HOSTILE
    said["patient"] = [[HOSTILE, HOSTILE]] * 6
    for group in said["groups"]:
        group["title"] = HOSTILE
        for row in group["rows"]:
            row.update(dict.fromkeys(("number", "verdict"), "#"), tone=HOSTILE, finding=HOSTILE)
    said["signed"] = dict.fromkeys(said["signed"], HOSTILE)
    back = read_back(typeset.pdf(TEMPLATE, said, made=PRINTED))
    assert '#panic("x") $1 *b* _i_' in back


def test_without_a_person_behind_it_there_is_nothing_to_file(team: Staffed) -> None:
    held = candidate("nobody-confirmed", team.site, confirmed=False)
    Screening.objects.filter(pk=held.pk).update(assessment=None)
    with pytest.raises(filed.NotAssessed):
        filed.read(held.pk, sites=[held.site_id])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("王", "[U+738B]"),
        ("e\u0301", "é"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\x00b", "a[U+0000]b"),
        ("a\tb\nc", "a b c"),
        ("Łódź Ñ ≥ µ ⁹ Ελ Жи", "Łódź Ñ ≥ µ ⁹ Ελ Жи"),
        ("\ud83d", "[U+D83D]"),
        ("😀", "[U+1F600]"),
    ],
)
def test_what_no_font_draws_is_told_by_its_number(text: str, shown: str) -> None:
    assert typeset.shown({"a": [text]}) == {"a": [unicodedata.normalize("NFC", shown)]}


def test_every_character_that_is_let_through_is_drawn(tmp_path: Path) -> None:
    """PDF/A refuses a file with a character that no font of it can draw."""
    template = tmp_path / "all.typ"
    template.write_text(
        '#set document(title: "a")\n'
        '#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"), lang: "en")\n'
        "#json(bytes(sys.inputs.document)).all\n"
    )
    every = [chr(number) for each in typeset._DRAWN for number in each]
    drawn = [sign for sign in every if typeset.is_drawn(sign)]
    assert len(drawn) > 2000
    assert typeset.pdf(template, {"all": " ".join(drawn)}, made=PRINTED)


def test_it_is_fetched_from_its_screening(team: Staffed) -> None:
    held = signed(team)
    client = Client()
    client.force_login(team.coordinator)
    response = client.get(reverse("filed-checklist", args=[held.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="TOR-0001-eligibility.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    assert pages(response.content) == 2
    assert "printed by coordinator toronto" in read_back(response.content)
