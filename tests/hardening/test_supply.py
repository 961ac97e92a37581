"""What we are made of, and what our own lines may not do."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from packaging.version import Version

from tests.hardening import linting, sbom

ROOT = Path(__file__).resolve().parents[2]
FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text())["floors"]
REQUIREMENTS = (ROOT / "requirements.txt").read_text()
PRODUCT = ("trialscreen/", "eligibility/", "patients/", "manage.py")

SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "Slack token": re.compile(r"\bxox[abpors]-[A-Za-z0-9-]{20,}"),
    "JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{15,}"),
    "password in an address": re.compile(r"\b[a-z+]+://[^\s:/@'\"{}<>]+:(?!password@|secret@|\.\.\.)[^\s:/@'\"{}<>]{6,}@(?!db\.example)[a-z0-9]"),
    "named secret": re.compile(r"(?i)\b(?:secret_key|api_key|client_secret|backup_key)\s*=\s*[\"'][A-Za-z0-9+/_-]{32,}[\"']"),  # noqa: E501
}  # fmt: skip


def files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def too_old(text: str) -> list[str]:
    held = {one.name: one.version for one in sbom.pinned(text)}
    return [
        f"{name} {held[name]} is older than {floor}: {why}"
        for name, (floor, why) in FLOORS.items()
        if name in held and Version(held[name]) < Version(floor)
    ]


@pytest.mark.requirement(75)
def test_no_version_with_a_known_fault_is_pinned() -> None:
    assert too_old(REQUIREMENTS) == []
    assert FLOORS.keys() <= {one.name for one in sbom.pinned(REQUIREMENTS)}, "no longer used"


@pytest.mark.requirement(75)
def test_a_version_with_a_known_fault_is_named() -> None:
    older = re.sub(r"(?m)^django==\S+", "django==5.2.7", REQUIREMENTS)
    assert [each.partition(":")[0] for each in too_old(older)] == [
        "django 5.2.7 is older than 5.2.8"
    ]


@pytest.mark.requirement(75)
def test_the_bill_of_materials_is_whole_and_the_same_each_time() -> None:
    told = sbom.document(REQUIREMENTS)
    assert told == sbom.document(REQUIREMENTS)
    names = {one["name"] for one in told["components"]}
    assert {"django", "celery", "psycopg2-binary", "prometheus-client"} <= names
    assert len(names) == len(re.findall(r"(?m)^[a-z0-9].*==", REQUIREMENTS))
    known = {one["bom-ref"] for one in told["components"]} | {sbom.OURS}
    needed = {ref for one in told["dependencies"] for ref in one["dependsOn"]}
    assert needed <= known
    assert needed == known - {sbom.OURS}, "somebody is needed by nobody"
    assert all(one["externalReferences"][0]["hashes"] for one in told["components"])


@pytest.mark.requirement(73)
def test_no_secret_is_in_the_repository() -> None:
    found = []
    for name in files():
        if name.startswith("trialscreen/static/vendor") or name.endswith((".png", ".woff2")):
            continue
        text = (ROOT / name).read_text(errors="replace")
        found += [f"{name}: {what}" for what, form in SECRETS.items() if form.search(text)]
    assert found == []


@pytest.mark.requirement(73)
@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("AWS key", "AKIA" + "ABCDEFGHIJKLMNOP"),
        ("GitHub token", "ghp_" + "a1" * 18),
        ("Slack token", "xoxb-" + "1234567890-abcdefghij"),
        ("JSON web token", "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkw.abcdefghijklmnopq"),
        ("password in an address", "postgres://app:" + "hunter2hunter2@db.hospital"),
        ("named secret", "SECRET_KEY = '" + "a1b2c3d4" * 5 + "'"),
    ],
)  # fmt: skip
def test_a_planted_secret_is_found(what: str, text: str) -> None:
    assert SECRETS[what].search(text)


@pytest.mark.requirement(68, 73)
def test_our_lines_keep_the_rules() -> None:
    found, used = [], set()
    for name in files():
        if not name.endswith(".py") or not name.startswith(PRODUCT):
            continue
        for fault in linting.faults((ROOT / name).read_text()):
            if (name, fault.rule) in linting.ALLOWED:
                used.add((name, fault.rule))
            else:
                found.append(f"{name}:{fault.line} {fault.rule}")
    assert found == []
    assert used == set(linting.ALLOWED)


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        ("mark_safe", "shown = mark_safe(name)"),
        ("raw-sql", "Patient.objects.raw(text)"),
        ("raw-sql", "patients.extra(where=[text])"),
        ("names-from-request", "patients.order_by(request.GET['sort'])"),
        ("names-from-request", "patients.filter(**request.GET.dict())"),
        ("names-from-request", "patients.order_by(*request.query_params.getlist('sort'))"),
        ("runs-text", "eval(text)"),
        ("runs-text", "exec(text)"),
        ("unpacks-objects", "import pickle"),
        ("unpacks-objects", "from marshal import loads"),
        ("reads-xml", "from lxml import etree"),
        ("reads-xml", "import xml.etree.ElementTree"),
        ("every-field", "class Meta:\n    fields = '__all__'"),
        ("every-row", "site = PrimaryKeyRelatedField(queryset=Site.objects.all())"),
        ("every-row", "site = SlugRelatedField('code', queryset=Site.objects.order_by('name'))"),
        ("every-row", "site = forms.ModelChoiceField(queryset=Site.objects)"),
        ("every-row", "class Sites(ListAPIView):\n    queryset = Site.objects.all()"),
        ("every-row", "self.fields['site'].queryset = Site.objects.select_related('trial').all()"),
        ("runs-yaml", "import yaml"),
        ("reads-xml", "import xmltodict"),
        ("no-certificate", "requests.get(address, verify=False)"),
        ("shell", "subprocess.run(text, shell=True)"),
        ("csrf-exempt", "@csrf_exempt\ndef page(request): pass"),
    ],
)
def test_each_rule_finds_a_planted_fault(rule: str, planted: str) -> None:
    assert rule in {found.rule for found in linting.faults(planted)}


def test_what_keeps_the_rules_is_left_alone() -> None:
    fine = (
        "patients.order_by('name').filter(site__in=ids)\nre.compile('x')\nmodel.fields = ('a',)\n"
        "self.fields['site'].queryset = Site.objects.filter(pk__in=ids).order_by('name')\n"
    )
    assert list(linting.faults(fine)) == []
