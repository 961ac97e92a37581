"""What the fuzzer begins with: published examples, and messages and tables of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator

from patients.intake import strict_json
from tests.hl7v2.writing import adt, obx, oru, pid
from tests.strangers.packages import PACKAGES, NotToBeHad, examples

TABLE = (
    "patient_id,result_id,loinc,name,value,unit,ref_low,ref_high,laboratory,collected,issued,status\n"
    "M1,R1,777-3,Platelets,<212,10*9/L,150,400,Lab,2026-11-18T08:30,2026-11-18,corrected\n"
    'M1,R2,751-8,"A ""q""",3.9,,,,,2026-11,,\n'
)


def seeds(target: str) -> list[bytes]:
    if target == "hl7v2":
        sn = obx("<^5", kind="SN", unit="umol/L", limits="<=100")
        return [oru(), oru(sn, obx("<5", kind="ST", sub="2")), adt("A08", pid()), adt("A40", pid())]
    if target == "csv":
        return [TABLE.encode(), b"patient_id,local_code,value,collected\nM1,X,negative,2026\n"]
    bundles = list(_bundles())
    if target == "fhir":
        return bundles
    return [b'{"first":' + one + b',"second":' + one + b"}" for one in bundles]


def _bundles(most: int = 6) -> Iterator[bytes]:
    """A patient with one of its first records; nothing where the packages are out of reach."""
    for package in sorted(PACKAGES):
        try:
            patients = examples(package).patients
        except NotToBeHad:
            continue
        for bundle in patients.values():
            person, *others = bundle["entry"]
            for other in others[:most]:
                tree = {"resourceType": "Bundle", "type": "batch", "entry": [person, other]}
                yield strict_json.write(tree).encode()


def tree_of(raw: bytes) -> object:
    """As plain JSON, to be changed."""
    return json.loads(raw)
