"""``manage.py import_fhir``: every Bundle of the files is stored, unchanged or refused with its reason."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from eligibility import demonstration
from patients.intake import strict_json
from patients.management.progress import Progress
from patients.models import Delivery, Patient, PatientIdentifier
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 25)
KEYS = [one.key for one in demonstration.catalogue()][:3]


@pytest.fixture
def site() -> Site:
    return Site.objects.create(
        code="toronto", name="Odette", city="Toronto", time_zone="America/Toronto", opened_on=ON
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for key in KEYS:
        text = demonstration.to_json(demonstration.bundle(key, on=ON))
        (tmp_path / f"{key}.json").write_text(text)
    return tmp_path


def run(*arguments: object, site: str = "toronto", fails: bool = False) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    command = ["import_fhir", *map(str, arguments), "--site", site, "--on", "2026-11-25"]
    if fails:
        with pytest.raises(SystemExit) as ended:
            call_command(*command, stdout=out, stderr=err)
        assert ended.value.code == 1
    else:
        call_command(*command, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def on_one_line(bundle: Any) -> str:
    return strict_json.write(strict_json.parse(demonstration.to_json(bundle)))


def test_everything_is_accounted_for(site: Site, folder: Path) -> None:
    out, err = run(folder, "--source", "ehr")
    assert out == "3 received = 3 stored + 0 unchanged + 0 refused\n"
    assert err == ""
    assert run(folder, "--source", "ehr")[0] == (
        "3 received = 0 stored + 3 unchanged + 0 refused\n"
    )
    with use_sites([site.pk]):
        assert Patient.objects.count() == 3
        held = Delivery.objects.filter(source="ehr", received_on=ON, client="", person=None)
        assert held.count() == Delivery.objects.count() == 3
        assert set(PatientIdentifier.objects.values_list("source", flat=True)) == {"ehr"}


def test_what_is_refused_is_told_with_its_reason_and_place(site: Site, folder: Path) -> None:
    (folder / "a-broken.json").write_text('{"resourceType": "Bundle",')
    (folder / "b-nobody.json").write_text('{"resourceType":"Bundle","type":"batch","entry":[]}')
    missing = folder / "missing.json"
    out, err = run(folder, missing, fails=True)
    assert out == "6 received = 3 stored + 0 unchanged + 3 refused\n"
    first, second, third = err.splitlines()
    assert "a-broken.json: line 1, column" in first
    assert "b-nobody.json: Bundle.entry: The Bundle holds no Patient." in second
    assert "missing.json: The file cannot be read" in third


def test_one_bundle_a_line_and_the_outcome_as_json(site: Site, tmp_path: Path) -> None:
    lines = [on_one_line(demonstration.bundle(key, on=ON)) for key in KEYS]
    file = tmp_path / "all.ndjson"
    file.write_text("\n".join([*lines, "", "{}", lines[0]]) + "\n")
    out, err = run(file, "--json", fails=True)
    told: dict[str, Any] = json.loads(out)
    refusals = told.pop("refusals")
    assert told.pop("unread") == []
    assert told == {"received": 5, "stored": 3, "unchanged": 1, "refused": 1}
    assert [one["file"] for one in refusals] == [f"{file}, line 5"]
    assert refusals[0]["code"] == "not-a-bundle"
    assert err == ""


def test_entries_that_cannot_be_read_are_listed(site: Site, tmp_path: Path) -> None:
    bundle = json.loads(demonstration.to_json(demonstration.bundle(KEYS[0], on=ON)))
    bundle["type"] = "batch"
    at = len(bundle["entry"])
    bundle["entry"] += [{"resource": {"resourceType": "Condition", "subject": 3}}, "nothing"]
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(bundle))
    for stored in (1, 0):
        out, err = run(file)
        assert out.splitlines() == [
            f"1 received = {stored} stored + {1 - stored} unchanged + 0 refused",
            "2 entries were kept but could not be read",
        ]
        first, second = sorted(err.splitlines())
        assert f"odd.json: kept but not read: Bundle.entry[{at}].resource" in first
        assert f"Bundle.entry[{at + 1}]" in second
    unread = json.loads(run(file, "--json")[0])["unread"]
    assert {one["code"] for one in unread} <= {"malformed", "missing-subject", "no-resource"}


def test_it_is_done_in_the_name_of_a_person(site: Site, folder: Path) -> None:
    Account.objects.create_user("carla", "a long way round the lake", name="Carla")
    run(folder, "--by", "Carla")
    with use_sites([site.pk]):
        assert set(Delivery.objects.values_list("person__username", flat=True)) == {"carla"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--site", "moon"), "No site has the code"),
        (("--site", "toronto", "--on", "25.11.2026"), "is not a date"),
        (("--site", "toronto", "--source", " "), "--source is a name"),
        (("--site", "toronto", "--source", "rest"), "kept for what is entered by form"),
        (("--site", "toronto", "--by", "nobody"), "no active account"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    site: Site, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    with pytest.raises(CommandError, match=words) as ended:
        call_command("import_fhir", str(folder), *arguments)
    assert ended.value.returncode == 2


def test_an_empty_folder_is_said_so(site: Site, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no \.json or \.ndjson"):
        call_command("import_fhir", str(tmp_path), "--site", "toronto")


class Terminal:
    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str, ending: str = "\n") -> None:
        self.text += text + ending

    def flush(self) -> None:
        pass


def test_the_bar_is_drawn_on_a_terminal_and_taken_away() -> None:
    terminal = Terminal()
    bar = Progress(terminal, total=10)
    bar.add(5, "1 received")
    assert "50%  1 received" in terminal.text
    assert terminal.text.count("#") == 15
    bar.close()
    assert terminal.text.endswith("\r")
