"""What must hold after every interruption: what is filed is what assessing everything anew would file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from eligibility import tasks
from eligibility.actions import answered
from eligibility.answers import to_json
from eligibility.models import Assessment
from eligibility.overtaken import latest_first
from eligibility.protocols import get
from eligibility.rules.protocol import Assessment as Findings
from eligibility.snapshots import Snapshot, take
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

PROTOCOL = get("NCT00514085")
_LETTERS = {"met": "m", "not_met": "n", "unknown": "u", "not_applicable": "a"}


def assert_as_anew(patients: Iterable[tuple[UUID, Site]]) -> None:
    """None missing, none twice, and the whole answer the same to the byte."""
    for patient, site in patients:
        with use_sites([site.pk]):
            snapshot = take(patient, trial=PROTOCOL.trial)
            filed = list(Assessment.objects.filter(patient=patient).order_by(*latest_first()))
            digests = {one.protocol_version.digest for one in filed}
        assert digests == {PROTOCOL.digest()}
        assert len({(one.record_version, one.on) for one in filed}) == len(filed), "filed twice"
        assert filed[0].record_version == snapshot.version, "as it stands it was never assessed"
        _assert_last(filed[0], snapshot, today=tasks.today_at(site))


def _assert_last(filed: Assessment, snapshot: Snapshot, *, today: date) -> None:
    assert filed.on <= today, "assessed as of a day that has not come"
    anew, _, document = answered(snapshot, protocol=PROTOCOL, on=filed.on, timeline=True)
    assert _written(filed.answer) == _written(document)
    assert filed.verdicts == _letters(anew)
    assert filed.status == document["status"]
    if filed.on != today:
        assert filed.recheck_on is not None
        assert filed.recheck_on > today
        now, _, _ = answered(snapshot, protocol=PROTOCOL, on=today, timeline=False)
        assert filed.verdicts == _letters(now), "time alone had changed a verdict"


def _written(document: Any) -> str:
    """An answer as text, whatever order its names were stored in."""
    return json.dumps(json.loads(to_json(document)), sort_keys=True)


def _letters(findings: Findings) -> str:
    return "".join(_LETTERS[one.verdict] for one in findings.findings)
