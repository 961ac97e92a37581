"""What can be chosen in the forms: codes and units of the dictionary, by what people call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patients.codes.loader import CONTENT, enabled

Choices = list[tuple[str, str]]

_SYSTEMS = {name: uris[0] for name, uris in CONTENT["systems"].items()}
_SYSTEMS["icd-10"] = "http://hl7.org/fhir/sid/icd-10"
_PREFERRED = ("10*9/L", "umol/L", "U/L", "mm", "%")


def uri(system: str) -> str:
    """The URI of a code system by its name in the dictionary."""
    return _SYSTEMS[system]


def parts(choice: str) -> tuple[str, str]:
    """System URI and code of a choice, ``rxnorm|1547545``."""
    system, _bar, code = choice.partition("|")
    return uri(system), code


def units_or_none(analyte: str) -> Choices | None:
    """The units that are understood of an analyte; None where it is taken in whatever unit it is reported."""
    measure = CONTENT["analytes"][analyte].get("measure")
    return units(analyte) if measure and CONTENT["measures"][measure]["units"] else None


def units(analyte: str) -> Choices:
    """The units that are understood of an analyte, the usual one first."""
    known = CONTENT["measures"][CONTENT["analytes"][analyte]["measure"]]["units"]
    first = [code for code in _PREFERRED if code in known]
    return [(code, shown(code)) for code in dict.fromkeys([*first, *known])]


def shown(unit: str) -> str:
    """A unit for the eye: ×10⁹/L, µmol/L."""
    for code, sign in (("10*9", "×10⁹"), ("10*6", "×10⁶"), ("10*3", "×10³")):
        unit = unit.replace(code, sign)
    return unit.replace("umol", "µmol").replace("ukat", "µkat").replace("/uL", "/µL")


def label(analyte: str) -> str:
    return str(CONTENT["analytes"][analyte]["label"])


def code_of(analyte: str) -> str:
    """The LOINC code under which a number of the analyte is entered."""
    return next(iter(enabled(CONTENT["analytes"][analyte]["codes"])))


def tests(analytes: Iterable[str]) -> Choices:
    """Tests that are answered in words, by LOINC code; of a test that is also made in numbers the one in words."""
    return list(_tests(analytes))


def _tests(analytes: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in analytes:
        codes = enabled(CONTENT["analytes"][name]["codes"])
        in_words = {code: said for code, said in codes.items() if "presence" in said} or codes
        seen: set[str] = set()
        for code, said in in_words.items():
            if said not in seen:
                seen.add(said)
                yield f"{name}|{code}", said.removesuffix(", presence")


def conditions(classes: Iterable[str]) -> Choices:
    """Diagnoses of these classes, each by one code."""
    found: dict[str, str] = {}
    for name in classes:
        table = CONTENT["conditions"][name]
        known = {said: f"snomed|{code}" for code, said in enabled(table.get("snomed")).items()}
        prefixes = table.get("icd-10", {}).get("prefixes", ())
        whole = [code for code in prefixes if "-" not in code]
        # A class of many codes has no code of its own; one of them would say too much.
        if whole and (not known or len(prefixes) == 1):
            found.setdefault(str(table["label"]), f"icd-10|{whole[0]}")
        for said, choice in known.items():
            found.setdefault(said, choice)
    return [(choice, said) for said, choice in found.items()]


def drugs(classes: Iterable[str]) -> Choices:
    """Drugs of these classes by name, each once."""
    found: dict[str, str] = {}
    for name in classes:
        for code, said in enabled(CONTENT["drugs"][name].get("rxnorm")).items():
            found.setdefault(said, f"rxnorm|{code}")
    return sorted(((choice, said) for said, choice in found.items()), key=lambda one: one[1])


def procedures(classes: Iterable[str]) -> Choices:
    """Procedures of these classes by name, each once."""
    found: dict[str, str] = {}
    for name in classes:
        table = CONTENT["procedures"][name]
        for code, said in enabled(table.get("snomed")).items():
            found.setdefault(said[:1].upper() + said[1:], f"snomed|{code}")
    return [(choice, said) for said, choice in found.items()]
