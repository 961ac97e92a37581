"""The code dictionary: consistent in itself, and saying what the code tables say."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from patients.codes.describe import document
from patients.codes.loader import CONTENT, DIGEST, PATH, VERSION, digest_of, system_of
from patients.codes.lookup import classify, compatible, icd
from tests.intake.build import ATC, CPT, ICD, LOINC, RXNORM, SNOMED


def test_version_and_digest_belong_together() -> None:
    """Change the content, and both change: an evaluation records the version."""
    assert digest_of(CONTENT) == DIGEST
    assert (VERSION, DIGEST) == (
        "2026.11-2",
        "sha256:94674712c65725a9bcda4c50e51a8ab3148eb77bac8d9fab1719c82564f4f304",
    )


def test_keys_are_sorted_and_the_file_is_canonical() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _prefixes(table: Any, key: str) -> list[str]:
    return [icd(prefix) for prefix in table.get("icd-10", {}).get(key, ()) if "-" not in prefix]


def test_every_exception_lies_under_a_prefix_of_its_class() -> None:
    for name, table in CONTENT["conditions"].items():
        ranges = [p.split("-") for p in table.get("icd-10", {}).get("prefixes", ()) if "-" in p]
        for exception in _prefixes(table, "except"):
            under = any(exception.startswith(prefix) for prefix in _prefixes(table, "prefixes"))
            inside = any(low[0] == exception[0] or high[0] == exception[0] for low, high in ranges)
            assert under or inside, (name, exception)


def _codes_of_condition(name: str) -> set[str]:
    return set(CONTENT["conditions"][name].get("snomed", {}))


@pytest.mark.parametrize("group", CONTENT["exclusive-classes"])
def test_no_code_is_in_two_exclusive_classes(group: list[str]) -> None:
    allowed = set(CONTENT["in-two-classes"])
    for first in group:
        for second in group:
            if first < second:
                assert _codes_of_condition(first) & _codes_of_condition(second) <= allowed
    categories = [
        f"{letter}{number:02}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for number in range(100)
    ]
    for category in categories:
        for suffix in ("", ".0", ".1", ".10", ".2", ".3", ".4", ".9"):
            assert len(classify("condition", ICD, category + suffix).classes & set(group)) <= 1


def test_every_unit_has_an_exact_factor_and_every_alias_a_unit() -> None:
    units: set[str] = set()
    for measure in CONTENT["measures"].values():
        for code, unit in measure["units"].items():
            assert re.fullmatch(r"\d+(\.\d+)?", unit["factor"])
            assert (
                unit["dimension"] in CONTENT["canonical-units"]
                or unit["dimension"] == f"code:{code}"
            )
            units.add(code)
    assert set(CONTENT["unit-aliases"].values()) <= units
    for dimension, code in CONTENT["canonical-units"].items():
        found = [m["units"][code] for m in CONTENT["measures"].values() if code in m["units"]]
        assert {"dimension": dimension, "factor": "1"} in found


def test_plausible_ranges_are_in_dimensions_of_the_measure() -> None:
    for entry in CONTENT["analytes"].values():
        measure = CONTENT["measures"].get(entry.get("measure"), {"units": {}})
        dimensions = {unit["dimension"] for unit in measure["units"].values()}
        assert entry.get("plausible", {}).keys() <= dimensions


def test_no_loinc_code_means_two_things() -> None:
    tables = [entry["codes"] for entry in CONTENT["analytes"].values()] + list(
        CONTENT["observations"].values()
    )
    codes = [code for table in tables for code in table]
    assert len(codes) == len(set(codes))


def test_unverified_codes_are_kept_and_disabled() -> None:
    for code in ("5880", "3098"):
        assert classify("drug", RXNORM, code).state == "unrecognised"
        assert any(code in entry["rxnorm"] for entry in CONTENT["drugs"].values())


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("http://loinc.org", "loinc"),
        ("http://snomed.info/sct", "snomed"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "icd-10"),
        ("http://hl7.org/fhir/sid/icd-10", "icd-10"),
        ("http://terminology.hl7.org/CodeSystem/icd-o-3", "icd-o-3"),
        ("urn:oid:2.16.840.1.113883.6.43.1", "icd-o-3"),
        ("http://www.nlm.nih.gov/research/umls/rxnorm", "rxnorm"),
        ("http://www.whocc.no/atc", "atc"),
        ("http://www.ama-assn.org/go/cpt", "cpt"),
        ("http://unitsofmeasure.org", "ucum"),
        ("http://hl7.org/fhir/sid/icd-9-cm", None),
        ("", None),
        (None, None),
    ],
)
def test_code_systems(uri: str | None, name: str | None) -> None:
    assert system_of(uri) == name


CONDITIONS = {
    # ICD-10, with and without the dot
    "C43.59": "cutaneous-melanoma",
    "C4359": "cutaneous-melanoma",
    "c43": "cutaneous-melanoma",
    "C4\u200b3.9": "cutaneous-melanoma",
    "D03.5": "melanoma-in-situ",
    "C77.3": "secondary-cancer",
    "C78.7": "secondary-cancer",
    "C7B.02": "secondary-cancer",
    "C80.0": "secondary-cancer",
    "C79.31": "secondary-cancer brain-metastasis",
    "C79.32": "secondary-cancer brain-metastasis",
    "C79.3": "secondary-cancer brain-metastasis",
    "C79.40": "secondary-cancer nervous-system-metastasis",
    "C79.4": "secondary-cancer nervous-system-metastasis",
    "C79.49": "secondary-cancer",
    "C44.91": "non-melanoma-skin-cancer",
    "D04.9": "non-melanoma-skin-cancer",
    "D06.9": "cervix-in-situ",
    "C50.911": "other-solid-tumour",
    "C4A.9": "other-solid-tumour",
    "C7A.00": "other-solid-tumour",
    "C69.3": "other-solid-tumour",
    "C80.1": "other-solid-tumour",
    "C97": "other-solid-tumour",
    "D05.1": "other-solid-tumour",
    "D09.0": "other-solid-tumour",
    "C81.9": "haematological-malignancy",
    "C96.9": "haematological-malignancy",
    "Z85.3": "history-of-cancer",
    "Z85.828": "history-of-cancer",
    "Z86.000": "history-of-cancer",
    "A00": "infection",
    "A41.9": "infection",
    "B09": "infection",
    "B25.9": "infection",
    "B89": "infection",
    "B99.9": "infection",
    "J18.9": "infection",
    "J09.X2": "infection",
    "L08.9": "infection",
    "N39.0": "infection",
    "B20": "hiv",
    "B24": "hiv",
    "Z21": "hiv",
    "B97.35": "hiv",
    "O98.711": "hiv pregnancy",
    "R75": "hiv",
    "B16.9": "hepatitis-b",
    "B18.1": "hepatitis-b",
    "B19.10": "hepatitis-b",
    "B18.2": "hepatitis-c",
    "B17.11": "hepatitis-c",
    "I50.9": "heart-failure",
    "I11.0": "heart-failure",
    "I20.0": "unstable-angina",
    "I25.110": "unstable-angina",
    "I48.91": "arrhythmia",
    "F32.9": "psychiatric",
    "D57.1": "sickle-cell-disease",
    "D57.3": "sickle-cell-trait",
    "D57.40": "sickle-cell-disease thalassaemia",
    "D56.1": "thalassaemia",
    "D56.3": "thalassaemia-trait",
    "D59.11": "autoimmune-haemolytic-anaemia",
    "D59.0": "autoimmune-haemolytic-anaemia",
    "D55.0": "other-haemolytic",
    "D58.0": "other-haemolytic",
    "D59.3": "other-haemolytic",
    "O00.1": "pregnancy",
    "O77.9": "pregnancy",
    "O9A.1": "pregnancy",
    "Z33.1": "pregnancy",
    "Z34.00": "pregnancy",
    "Z3A.20": "pregnancy",
    "Z39.1": "lactation",
    "Z90.710": "uterus-absent",
    "Z90.722": "ovaries-absent",
    "Z78.0": "postmenopausal",
    "Z98.52": "vasectomy-status",
    "Z98.51": "tubal-ligation-status",
    "Z92.21": "history-of-chemotherapy",
    "Z92.6": "history-of-chemotherapy",
    "Z92.3": "history-of-irradiation",
    "Z92.26": "history-of-checkpoint-inhibitor",
    "Z51.11": "encounter-for-chemotherapy",
    "Z51.1": "encounter-for-chemotherapy",
    "Z51.12": "encounter-for-immunotherapy",
    "Z79.52": "long-term-systemic-steroid",
    # not used by any criterion
    "I10": "-",
    "Z85.820": "-",
    "Z86.006": "-",
    "D56.4": "-",
    "D3A.00": "-",
    "D36.9": "-",
    "B95.0": "-",
    "B97.34": "-",
    "I20.9": "-",
    "Z92.25": "-",
    "Z79.51": "-",
    "O80": "-",
    "B15.9": "-",
    "B17.2": "-",
    "I25.111": "-",
    "Z90.721": "-",
    # unrecognised
    "D37.0": "?",
    "D48.5": "?",
    "D49.9": "?",
    "melanoma": "?",
    "C43-C44": "?",
    "C43.-": "cutaneous-melanoma",
    "A17.0+": "infection",
    "43": "?",
    "": "?",
}


@pytest.mark.parametrize(("code", "expected"), CONDITIONS.items())
@pytest.mark.parametrize("system", [ICD, "http://hl7.org/fhir/sid/icd-10"])
def test_icd_codes(code: str, expected: str, system: str) -> None:
    standing = classify("condition", system, code)
    words = {"classes": " ".join(sorted(standing.classes)), "not-used": "-", "unrecognised": "?"}
    assert words[standing.state] == " ".join(sorted(expected.split()))
    assert standing.provisional == (code == "R75")


SNOMED_CONDITIONS = {
    "93655004": "cutaneous-melanoma",
    "1268881002": "cutaneous-melanoma",
    "1259424009": "cutaneous-melanoma",
    "314987003": "cutaneous-melanoma secondary-cancer",
    "1197324006": "melanoma-site-not-stated secondary-cancer",
    "372244006": "melanoma-site-not-stated",
    "443493003": "melanoma-site-not-stated secondary-cancer",
    "1296851009": "melanoma-site-not-stated secondary-cancer",
    "1197334002": "non-cutaneous-melanoma",
    "128462008": "secondary-cancer",
    "94381002": "secondary-cancer",
    "94225005": "brain-metastasis secondary-cancer",
    "188462001": "brain-metastasis secondary-cancer",
    "254701007": "non-melanoma-skin-cancer",
    "92564006": "cervix-in-situ",
    "254837009": "other-solid-tumour",
    "118600007": "haematological-malignancy",
    "91302008": "infection",
    "165816005": "hiv",
    "61977001": "hepatitis-b",
    "128302006": "hepatitis-c",
    "84114007": "heart-failure",
    "15960061000119102": "unstable-angina",
    "698247007": "arrhythmia",
    "69322001": "psychiatric",
    "36472007": "sickle-cell-disease thalassaemia",
    "16402000": "sickle-cell-trait",
    "40108008": "thalassaemia",
    "269175006": "thalassaemia-trait",
    "309742004": "autoimmune-haemolytic-anaemia",
    "111407006": "other-haemolytic",
    "77386006": "pregnancy",
    "866041003": "lactation",
    "307429007": "postmenopausal",
    "38341003": "",
}


@pytest.mark.parametrize(("code", "expected"), SNOMED_CONDITIONS.items())
def test_snomed_conditions(code: str, expected: str) -> None:
    assert classify("condition", SNOMED, code).classes == set(expected.split())


DRUGS = {
    "L03AB05": "immunotherapy",
    "L03AC01": "immunotherapy",
    "L03AX03": "immunotherapy",
    "L01FF01": "immunotherapy",
    "L01FF02": "immunotherapy",
    "L01FX04": "immunotherapy",
    "L01FX20": "immunotherapy",
    "L01XC18": "immunotherapy",
    "L01XX75": "immunotherapy",
    "L01AX04": "chemotherapy",
    "L01AD05": "chemotherapy",
    "L01BC02": "chemotherapy",
    "L01XA01": "chemotherapy",
    "L01XB01": "chemotherapy",
    "L01EC01": "targeted",
    "L01FX05": "targeted",
    "L01XC02": "targeted",
    "L02BA01": "targeted",
    "L01": "targeted",
    "H02AB07": "corticosteroid-systemic",
    "H02BX01": "corticosteroid-systemic",
    "D07AC01": "corticosteroid-topical",
    "R03BA02": "corticosteroid-topical",
    "S01CA01": "corticosteroid-topical",
    "A07EA06": "corticosteroid-either",
    "C05AA01": "corticosteroid-either",
    "L01FF99X": "immunotherapy",
    "L03AB07": "?",
    "L03AA02": "?",
    "C09AA02": "-",
    "A07EC02": "-",
    "Prednison": "?",
}


@pytest.mark.parametrize(("code", "expected"), DRUGS.items())
def test_atc_codes(code: str, expected: str) -> None:
    standing = classify("drug", ATC, code)
    words = {"classes": " ".join(standing.classes), "not-used": "-", "unrecognised": "?"}
    assert words[standing.state] == expected


@pytest.mark.parametrize(
    ("kind", "system", "code", "expected"),
    [
        ("drug", RXNORM, "1597876", "immunotherapy"),
        ("drug", RXNORM, "37776", "chemotherapy"),
        ("drug", RXNORM, "1147220", "targeted"),
        ("drug", RXNORM, "8640", "corticosteroid-systemic"),
        ("drug", RXNORM, "1085728", "corticosteroid-topical"),
        ("drug", RXNORM, "3264", "corticosteroid-either"),
        ("drug", RXNORM, "161", "?"),
        ("procedure", SNOMED, "27842006", "major-surgery"),
        ("procedure", SNOMED, "236886002", "hysterectomy major-surgery"),
        ("procedure", SNOMED, "76876009", "bilateral-oophorectomy major-surgery"),
        ("procedure", SNOMED, "65801008", "surgery-extent-unknown"),
        ("procedure", SNOMED, "22523008", "minor-surgery vasectomy"),
        ("procedure", SNOMED, "287664005", "minor-surgery tubal-ligation"),
        ("procedure", SNOMED, "703423002", "chemotherapy radiotherapy"),
        ("procedure", SNOMED, "897713009", "chemotherapy immunotherapy"),
        ("procedure", SNOMED, "76334006", "immunotherapy"),
        ("procedure", CPT, "58150", "hysterectomy major-surgery"),
        ("procedure", CPT, "38724", "major-surgery"),
        ("procedure", CPT, "45378", "minor-surgery"),
        ("procedure", CPT, "77373", "radiotherapy"),
        ("procedure", CPT, "96413", "?"),
        ("observation", LOINC, "777-3", "platelets"),
        ("observation", LOINC, "1968-7", "-"),
        ("observation", LOINC, "2161-8", "-"),
        ("observation", LOINC, "33729-5", "-"),
        ("observation", LOINC, "77753-2", "-"),
        ("observation", LOINC, "31206-6", "histology"),
        ("observation", LOINC, "16935-9", "?"),
        ("body-site", SNOMED, "12738006", "brain"),
        ("body-site", SNOMED, "10200004", "?"),
    ],
)
def test_other_codes(kind: Any, system: str, code: str, expected: str) -> None:
    standing = classify(kind, system, code)
    words = {"classes": " ".join(sorted(standing.classes)), "not-used": "-", "unrecognised": "?"}
    assert words[standing.state] == expected


@pytest.mark.parametrize("code", ["93655004", "C43.9", "L01FF01"])
def test_a_code_of_an_unknown_system_says_nothing(code: str) -> None:
    for system in ("urn:local", "", None, "http://snomed.info/sct/"):
        assert classify("condition", system, code).state == "unrecognised"


def test_eye_melanoma_is_not_another_tumour_as_well() -> None:
    both = frozenset({"other-solid-tumour", "non-cutaneous-melanoma"})
    assert compatible(both) == {"non-cutaneous-melanoma"}


def test_the_tables_in_the_documentation_are_up_to_date() -> None:
    path = PATH.parents[2] / "docs" / "codes.md"
    assert path.read_text(encoding="utf-8") == document(), (
        "python -m patients.codes.describe > docs/codes.md"
    )
