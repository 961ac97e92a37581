"""The pages over HTTP, without a database: nothing they need is stored anywhere."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from eligibility import demonstration
from eligibility.presenters import evaluation
from eligibility.templatetags.screen import icon

EVALUATE = "/trials/NCT00514085/evaluate/"
ON = date(2026, 11, 25)
BARE = json.dumps(
    {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1984-05-17"}}],
    }
)
TWO = BARE.replace('"entry": [', '"entry": [{"resource": {"resourceType": "Patient", "id": "q"}}, ')


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_home_leads_to_the_evaluation(client: Client) -> None:
    assert client.get("/").headers["Location"] == EVALUATE


def test_the_empty_page_offers_what_to_do(client: Client) -> None:
    page = client.get(EVALUATE).text
    assert "FHIR R4 Bundle" in page
    assert "Meets everything" in page


def test_a_pasted_bundle_is_answered_on_the_same_page(client: Client) -> None:
    answered = client.post(EVALUATE, {"bundle": BARE, "on": "2026-11-25"})
    assert answered.status_code == 200
    said = text_of(answered.text)
    assert "Undetermined" in said
    assert "Born 17 May 1984: 42 years on 25 Nov 2026." in said
    assert "None on record to be confirmed" in said


def test_the_pasted_text_stays_in_the_form_to_the_letter(client: Client) -> None:
    odd = BARE.replace('"p"', '"p<&>\\u00e9"')
    page = client.post(EVALUATE, {"bundle": odd}).text
    assert (
        odd.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        in page
    )


def test_a_file_goes_before_the_text(client: Client) -> None:
    file = SimpleUploadedFile("bundle.json", BARE.encode())
    answered = client.post(EVALUATE, {"bundle": "not json", "file": file})
    assert answered.status_code == 200
    assert "1984-05-17" in answered.text


def test_an_invented_patient_is_one_click_and_one_address(client: Client) -> None:
    for answered in (
        client.post(EVALUATE, {"invented": "meets-everything", "on": "2026-11-25"}),
        client.get(EVALUATE, {"invented": "meets-everything", "on": "2026-11-25"}),
    ):
        assert answered.status_code == 200
        assert "Eligible – can be registered" in text_of(answered.text).replace(
            "Eligible  –", "Eligible –"
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"bundle": "{"}, "The data is not JSON"),
        ({"bundle": '{"a": NaN}'}, "NaN"),
        ({"bundle": "[]"}, "cannot be evaluated"),
        ({"bundle": "\x00"}, "cannot"),
        ({"bundle": TWO}, "more than one Patient"),
        ({"bundle": BARE, "on": "2026-02-30"}, "Write the day as"),
        ({"bundle": BARE, "on": "２026-11-25"}, "Write the day as"),
        ({"bundle": BARE, "on": "9999-12-31"}, "Write the day as"),
        ({"bundle": BARE, "received_on": "soon"}, "Write the day as"),
        ({"bundle": "   "}, "Paste a bundle"),
        ({}, "Paste a bundle"),
        ({"invented": "nobody"}, "not one of the available choices"),
        ({"bundle": BARE, "time_zone": "Mars/Olympus"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_calmly_and_what_was_entered_is_kept(
    client: Client, given: dict[str, str], said: str
) -> None:
    answered = client.post(EVALUATE, given)
    assert answered.status_code == 422
    assert said in text_of(answered.text)
    assert "still in the form" in answered.text


def test_every_invented_patient_of_the_page_can_be_shown(client: Client) -> None:
    offered = [one for one in demonstration.catalogue() if one.offered]
    assert offered
    for one in offered:
        answered = client.get(EVALUATE, {"invented": one.key, "on": "2026-11-25"})
        assert answered.status_code == 200, one.key
        assert answered.text.count('class="criterion ') == 40
        assert "None</" not in answered.text


def test_time_zone_and_day_of_receipt_go_round_a_bare_bundle(client: Client) -> None:
    page = client.post(
        EVALUATE, {"bundle": BARE, "on": "25 Nov 2026", "received_on": "2026-11-20"}
    ).text
    assert "Data received on" in page
    assert "20 Nov 2026" in page


def test_htmx_gets_the_fragment_and_script_is_not_needed(client: Client) -> None:
    given = {"bundle": BARE, "on": "2026-11-25"}
    fragment = client.post(EVALUATE, given, headers={"HX-Request": "true"}).text
    whole = client.post(EVALUATE, given).text
    assert fragment.lstrip().startswith('<div id="evaluation"')
    assert "<html" in whole
    assert "Undetermined" in fragment


def test_no_page_needs_anything_inline(client: Client) -> None:
    pages = [
        client.get(EVALUATE, {"invented": "almost-empty"}),
        client.get("/trials/NCT00514085/"),
        client.get("/nowhere/"),
    ]
    for page in pages:
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page.text)
        policy = page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy


def test_hostile_text_stays_text(client: Client) -> None:
    hostile = BARE.replace('"p"', '"p"').replace(
        '"entry": [',
        '"entry": [{"resource": {"resourceType": "Condition", "id": "x", "subject": '
        '{"reference": "Patient/p"}, "code": {"text": "<script>alert(1)</script>"}}}, ',
    )
    page = client.post(EVALUATE, {"bundle": hostile}).text
    assert "<script>alert" not in page


def test_an_unknown_trial_is_not_found(client: Client) -> None:
    assert client.get("/trials/NCT00000000/evaluate/").status_code == 404
    assert client.get("/trials/NCT00000000/").status_code == 404
    assert client.post("/trials/NCT00000000/evaluate/", {"bundle": BARE}).status_code == 404


def test_the_trial_page_has_every_criterion_with_its_place(client: Client) -> None:
    page = client.get("/trials/NCT00514085/").text
    assert page.count('class="criterion"') == 40
    said = text_of(page)
    assert "The latest platelet count within the" in said
    assert "Patient characteristics, bullet 4" in said
    assert "coordinator or investigator, for 28 days" in said


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    assert getattr(client, method)(EVALUATE).status_code == 405


def test_an_icon_is_inlined_without_a_word_for_screen_readers() -> None:
    drawing = icon("check")
    assert drawing.startswith('<svg class="icon" aria-hidden="true"')


def test_every_word_of_every_invented_patient_can_be_presented() -> None:
    from eligibility import dryrun

    for one in demonstration.catalogue()[::5]:
        document = demonstration.to_json(demonstration.document(one.key, on=ON)).encode()
        answer = dryrun.answer_document(
            document, trial="NCT00514085", on=ON, today=lambda _zone: ON, timeline=True
        )
        shown = evaluation.present(answer, today=ON)
        assert shown.headline.rest, one.key
        rows = [row for group in shown.groups for row in group.rows]
        assert len(rows) == 40
        assert not [row.id for row in rows if "{}" in row.text], one.key
