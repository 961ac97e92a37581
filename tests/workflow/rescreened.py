"""Patients who failed, were closed, and are screened again; and results that arrive of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from eligibility import demonstration
from eligibility.actions import assess, close, rescreen, start
from eligibility.models import Screening, State
from patients.actions import Attribution, receive_bundle
from tests.workflow.staffed import ON, PROTOCOL, Staffed, candidate

KEY = "platelets-low"
PLATELETS = "platelets"
LOINC = "777-3"


def again(team: Staffed, key: str = KEY, *, on: date = ON, started: bool = True) -> Screening:
    """The second episode of a patient whose first was closed as ineligible."""
    held = candidate(key, team.site, on=on)
    ended = close(
        held.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=on,
        seen=held.version,
        to=State.INELIGIBLE,
        reason="failed-criteria",
    )
    following = rescreen(
        held.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=on,
        seen=ended.version,
        note="The count is to be repeated",
    )
    if started:
        start(following.pk, by=team.coordinates, on=on, seen=following.version)
        following.refresh_from_db()
    return following


def count(
    value: int, *, ident: str = "repeated", on: date = ON, assessed: bool = True, key: str = KEY
) -> None:
    """Another platelet count of the patient arrives, later than the others; the same id corrects an earlier one."""
    told: dict[str, Any] = demonstration.document(key, on=on)
    resources = [entry["resource"] for entry in told["bundle"]["entry"]]
    person = next(one for one in resources if one["resourceType"] == "Patient")
    own = next(one for one in resources if _measures(one, LOINC))
    own["valueQuantity"]["value"] = value
    if ident:
        later = (on - timedelta(days=1)).isoformat()
        issued = f"{later}T23:00:00Z"
        own |= {"id": ident, "effectiveDateTime": later, "issued": issued}
    else:
        own["status"] = "corrected"
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in (person, own)],
    }
    held = Screening.objects.order_by("-episode").select_related("site").first()
    assert held is not None
    receive_bundle(
        demonstration.to_json(bundle),
        site=held.site,
        source="ehr",
        by=Attribution(),
        received_on=on,
    )
    if assessed:
        assess(held.patient_id, protocol=PROTOCOL, on=on)


def _measures(one: dict[str, Any], loinc: str) -> bool:
    return one["resourceType"] == "Observation" and any(
        coding.get("code") == loinc for coding in one["code"]["coding"]
    )
