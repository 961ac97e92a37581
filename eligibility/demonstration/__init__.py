"""Invented patients for demonstrations and tests, as FHIR R4 Bundles dated from a chosen day.

Nobody here exists. The same day always gives the same bytes: no clock, no chance. Each patient
is the usual one, who meets everything, told with a few changes; `stories/` holds the tellings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache

from eligibility.demonstration.centres import CENTRES, Centre, centre_near
from eligibility.demonstration.codings import Json
from eligibility.demonstration.expectations import Expects
from eligibility.demonstration.people import Person, person
from eligibility.demonstration.stories import (
    blood,
    chemistry,
    childbearing,
    disease,
    drugs,
    history,
    illness,
    imaging,
    laboratory,
    local_treatment,
    ready,
    records,
    steroids,
)
from eligibility.demonstration.stories.shelf import Story
from eligibility.demonstration.usual import Patient
from eligibility.demonstration.writing import to_json

__all__ = [
    "CENTRES",
    "Centre",
    "Expects",
    "Invented",
    "bundle",
    "catalogue",
    "centre_of",
    "document",
    "patient_id",
    "to_json",
]

_SHELVES = (
    ready,
    disease,
    imaging,
    laboratory,
    chemistry,
    childbearing,
    illness,
    blood,
    history,
    drugs,
    local_treatment,
    steroids,
    records,
)


@dataclass(frozen=True, slots=True)
class Invented:
    """An invented patient in the catalogue; `offered` ones are shown on the evaluation page."""

    key: str
    title: str
    one_line: str
    expects: Expects
    offered: bool


@cache
def catalogue() -> tuple[Invented, ...]:
    """Return all invented patients, in the order of their themes."""
    return tuple(
        Invented(story.key, story.title, story.one_line, story.expects, story.offered)
        for story, _ in _stories().values()
    )


def document(key: str, *, on: date) -> Json:
    """Return the evaluation envelope of the patient `key` for the day `on`.

    Numbers in it are Decimal or int: write it with `to_json`. Raises KeyError for an unknown key.
    """
    return _told(key, on).document()


def bundle(key: str, *, on: date) -> Json:
    """Return only the FHIR Bundle of the patient `key` for the day `on`, else as `document`."""
    return _told(key, on).bundle()


def centre_of(key: str) -> Centre:
    """Return the centre near which the patient `key` was invented. Raises KeyError as `document`."""
    return centre_near(_stories()[key][1].place.centre)


def patient_id(key: str) -> str:
    """Return the id of the Patient resource of the patient `key`."""
    return f"{key}.patient"


def _told(key: str, on: date) -> Patient:
    story, somebody = _stories()[key]
    patient = Patient(key, on=on, person=somebody)
    story.tell(patient)
    return patient


@cache
def _stories() -> dict[str, tuple[Story, Person]]:
    """Return every story with the person it is told of, by key."""
    seen: Counter[str] = Counter()
    told: dict[str, tuple[Story, Person]] = {}
    for number, story in enumerate(story for shelf in _SHELVES for story in shelf.SHELF.stories):
        if story.key in told:
            raise ValueError(f"two invented patients are called {story.key}")
        sex = story.sex or ("male", "female")[number % 2]
        told[story.key] = (story, person(number, sex, seen[sex]))
        seen[sex] += 1
    return told
