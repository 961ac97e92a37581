"""Another engine, another dictionary or another way of reading overtakes every assessment, found by the query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from eligibility import demonstration, overtaken, running, tasks
from eligibility.actions import assess, assessing
from eligibility.models import Assessment
from eligibility.rules import ENGINE
from patients import reading
from patients.actions import derive, reread
from patients.facts import Facts
from patients.intake.fhir import reader
from patients.models import Patient
from patients.reading import READING, dictionary_of, digest_of_sources
from tests.eligibility.stored import ON, PROTOCOL, dry, file, found, make_site, received, stored
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

BUNDLE = demonstration.bundle("meets-everything", on=ON)


@pytest.fixture
def site(db: None) -> Iterator[Site]:
    made = make_site()
    with use_sites([made.pk]):
        yield made


@pytest.fixture
def patient(site: Site) -> UUID:
    made = received(BUNDLE, site)
    file(made)
    assert found(site) == set()
    return made


def another_engine(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for module in (assessing, overtaken):
        monkeypatch.setattr(module, "RUNNING", name)


def another_reading(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for module in (assessing, overtaken, reread, derive):
        monkeypatch.setattr(module, "READING", name)


def test_another_engine(site: Site, patient: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    another_engine(monkeypatch, "sha256:another")
    assert found(site) == {patient}
    assert overtaken.is_overtaken(patient, digest=PROTOCOL.digest(), day=ON)
    file(patient)
    assert found(site) == set()
    assert Assessment.objects.count() == 2, "the old one stays as it was filed"


def test_going_back_to_an_engine_needs_nothing_new(
    site: Site, patient: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts are the assessments of the code that runs, even where a later one is of another."""
    first = Assessment.objects.get()
    with monkeypatch.context() as newer:
        another_engine(newer, "sha256:another")
        file(patient)
        held = Assessment.objects.filter(patient=patient)
        assert held.order_by(*overtaken.latest_first())[0] != first
    assert held.order_by(*overtaken.latest_first())[0] == first
    assert found(site) == set()


def test_another_dictionary_is_read_with_before_it_is_assessed(
    site: Site, patient: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_reading(monkeypatch, "2027.1-1 abc")
    another_engine(monkeypatch, "sha256:with the dictionary of 2027")
    assert found(site) == {patient}
    filed = assess(patient, protocol=PROTOCOL, on=ON)
    assert filed.dictionary == "2027.1-1"
    assert filed.record_version == 1, "the same facts are no other record"
    assert Patient.objects.get().read_with == "2027.1-1 abc"
    assert found(site) == set()


def test_facts_that_are_read_otherwise_are_another_version_of_the_record(
    site: Site, patient: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code list that no longer knows a result's code."""
    another_reading(monkeypatch, "2027.1-1 abc")
    known = reader._facts

    def fewer(*arguments: object) -> Facts:
        facts = known(*arguments)  # type: ignore[arg-type]
        kept = tuple(one for one in facts.results if one.analyte != "platelets")
        return replace(facts, results=kept)

    monkeypatch.setattr(reader, "_facts", fewer)
    filed = assess(patient, protocol=PROTOCOL, on=ON)
    assert filed.record_version == 2
    verdicts = {one["id"]: one["verdict"] for one in filed.answer["criteria"]}
    assert verdicts["platelets"] == "unknown"
    assert stored(patient) == dry(BUNDLE).replace(dictionary_of(READING), "2027.1-1")


def test_the_sweep_renews_what_other_code_made(
    patient: UUID, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "today_at", lambda _: ON)
    another_reading(monkeypatch, "2027.1-1 abc")
    another_engine(monkeypatch, "sha256:another")
    assert tasks.assess_overtaken() == 1
    assert tasks.assess_overtaken() == 0
    assert found(site) == set()


def test_an_answer_names_the_dictionary_that_read_the_facts(site: Site, patient: UUID) -> None:
    """Between a new release and the sweep the facts are still those of the old one."""
    Patient.objects.update(read_with="2019.1-1 abc")
    assert '"dictionary":"2019.1-1"' in stored(patient)
    assert found(site) == {patient}


def test_a_digest_of_sources_changes_with_every_letter_and_name(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    one, other = tmp_path / "rules" / "one.py", tmp_path / "rules" / "data.json"
    one.write_bytes(b"a = 1\nb = 2\n")
    other.write_text("{}")
    first = digest_of_sources(tmp_path, ["rules"])
    one.write_bytes(b"a = 1\r\nb = 2\r\n")
    (tmp_path / "rules" / "one.pyc").write_text("compiled")
    assert digest_of_sources(tmp_path, ["rules"]) == first, (
        "line ends and compiled files say nothing"
    )
    digests = {first}
    one.write_text("a = 1\nb = 3\n")
    digests.add(digest_of_sources(tmp_path, ["rules"]))
    other.write_text("{ }")
    digests.add(digest_of_sources(tmp_path, ["rules"]))
    one.rename(one.with_name("two.py"))
    digests.add(digest_of_sources(tmp_path, ["rules"]))
    assert len(digests) == 4


@pytest.mark.parametrize(
    ("top", "names"),
    [
        (Path(running.__file__).parent, running.SOURCES),
        (Path(reading.__file__).parent, reading.SOURCES),
    ],
)
def test_every_source_that_is_named_is_there(top: Path, names: tuple[str, ...]) -> None:
    for name in names:
        assert (top / name).exists(), name
        assert digest_of_sources(top, [name]) != digest_of_sources(top, [])


def test_the_engine_the_sources_and_the_reading_each_make_another_name() -> None:
    names = {
        running.made_with(engine, sources, read)
        for engine in ("1.0", "1.1")
        for sources in ("a", "b")
        for read in ("x", "y")
    }
    assert len(names) == 8
    sources = digest_of_sources(Path(running.__file__).parent, running.SOURCES)
    assert running.made_with(ENGINE, sources, READING) == running.RUNNING
