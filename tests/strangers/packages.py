"""Example patients of published FHIR packages, fetched from the configured npm registry when a test asks.

Nothing of them is kept in the repository. The archives are cached under `.run/strangers` (ignored by
git), or where TRIALSCREEN_STRANGERS says; without npm or a registry `NotToBeHad` says why.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from patients.intake.problems import Refused
from patients.intake.strict_json import parse

ROOT: Final = Path(__file__).resolve().parents[2]
CACHE: Final = Path(os.environ.get("TRIALSCREEN_STRANGERS", ROOT / ".run" / "strangers"))

PACKAGES: Final = {"hl7.fhir.us.mcode": "4.0.0", "hl7.fhir.r4.examples": "4.0.1"}
"""Name and version of the packages read; pinned, so that the counts in the tests mean something."""

ABOUT_A_PATIENT: Final = ("subject", "patient", "individual", "beneficiary")
CARRIED: Final = ("Medication", "BodyStructure", "Specimen", "ResearchStudy", "Organization")
"""What records refer to and a hospital would send along, although it may name no patient."""


DEFINITIONS: Final = (
    "CapabilityStatement",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "ImplementationGuide",
    "NamingSystem",
    "OperationDefinition",
    "SearchParameter",
    "StructureDefinition",
    "StructureMap",
    "ValueSet",
)
"""Resources about FHIR itself, never about a patient: thousands, and not read."""


class NotToBeHad(Exception):
    """The packages cannot be fetched here; the text says why."""


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of one package: `patients` by id, each a collection Bundle; bundles sent as such.

    `homeless` counts resources that say whose they are, but whose patient the package does not hold.
    """

    package: str
    patients: Mapping[str, dict[str, Any]]
    bundles: Mapping[str, dict[str, Any]]
    homeless: int
    refused: Mapping[str, str]


def examples(package: str) -> Examples:
    """Return the examples of `package`, fetched if need be. Raises NotToBeHad."""
    resources: dict[str, dict[str, Any]] = {}
    refused: dict[str, str] = {}
    with tarfile.open(_archive(package)) as archive:
        for name, raw in _members(archive):
            try:
                read = parse(raw)
            except Refused as refusal:
                refused[name] = refusal.issues[0].code
                continue
            if isinstance(read, dict) and "resourceType" in read and "id" in read:
                resources[f"{read['resourceType']}/{read['id']}"] = read
    return _grouped(package, resources, refused)


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every example, in the order of the archive (it is read once).

    mCODE keeps its examples in a folder of that name, beside its definitions; the examples of FHIR
    itself are all in one folder.
    """
    for member in archive:
        folder, _, name = member.name.rpartition("/")
        is_definition = name.split("-")[0] in DEFINITIONS or name.startswith((".", "package.json"))
        if (
            folder in ("package/example", "package")
            and name.endswith(".json")
            and not is_definition
        ):
            opened = archive.extractfile(member)
            if opened is not None:
                yield name, opened.read()


def _grouped(
    package: str, resources: Mapping[str, dict[str, Any]], refused: Mapping[str, str]
) -> Examples:
    of_patient: dict[str, list[str]] = defaultdict(list)
    homeless: Counter[bool] = Counter()
    for place, resource in resources.items():
        owner = _owner(resource)
        if owner is not None:
            homeless[owner not in resources] += 1
            of_patient[owner].append(place)
    patients = {
        place: _collection([place, *of_patient[place]], resources)
        for place, resource in resources.items()
        if resource["resourceType"] == "Patient"
    }
    bundles = {k: v for k, v in resources.items() if v["resourceType"] == "Bundle"}
    return Examples(package, patients, bundles, homeless[True], refused)


def _owner(resource: Mapping[str, Any]) -> str | None:
    """Return `Patient/id` of whom the resource is about, if it says so."""
    for element in ABOUT_A_PATIENT:
        named = resource.get(element)
        reference = named.get("reference") if isinstance(named, dict) else None
        if isinstance(reference, str) and reference.split("/")[-2:-1] == ["Patient"]:
            return "/".join(reference.split("/")[-2:])
    return None


def _collection(places: list[str], resources: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the resources and what they refer to as a collection Bundle."""
    wanted = dict.fromkeys(places)
    waiting = list(places)
    while waiting:
        for reference in _references(resources[waiting.pop()]):
            is_carried = reference.split("/")[0] in CARRIED and reference in resources
            if is_carried and reference not in wanted and _owner(resources[reference]) is None:
                wanted[reference] = None
                waiting.append(reference)
    entry = [
        {"fullUrl": f"http://hl7.org/fhir/{place}", "resource": resources[place]}
        for place in wanted
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entry}


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _archive(package: str) -> Path:
    """Return the package's archive, fetched by npm unless it is in the cache."""
    kept = CACHE / f"{package}-{PACKAGES[package]}.tgz"
    if kept.exists():
        return kept
    npm = shutil.which("npm")
    if npm is None:
        raise NotToBeHad("npm is not installed")
    arriving = CACHE / f"arriving-{os.getpid()}"
    arriving.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(
            [npm, "pack", "--silent", "--ignore-scripts", f"{package}@{PACKAGES[package]}"],
            cwd=arriving, check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        next(arriving.glob("*.tgz")).replace(kept)
    except (subprocess.SubprocessError, OSError, StopIteration) as trouble:
        raise NotToBeHad(f"npm could not fetch {package}: {type(trouble).__name__}") from trouble
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return kept
