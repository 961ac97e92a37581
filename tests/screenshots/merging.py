"""Two records of one person: the scene, and the pages that are looked at."""

from __future__ import annotations

from typing import Final

from eligibility import demonstration
from patients.actions import Attribution
from patients.actions.merging import Merging, merge
from patients.models import PatientIdentifier
from tests.screenshots.scene import NOBODY, SITE, Scene
from tests.screenshots.shot import COORDINATOR, Shot
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.demonstration import SOURCE, receive

STAYS, LEAVES, CONTRADICTS = "in-situ-only", "long-term-steroids", "deceased"
_PAGE: Final = "/patients/{patient}/same-person/"
_NUMBER: Final = "D000048"
"""Of the hospital, of who contradicts."""
ONE_PERSON: Final = (
    Shot("same-person", COORDINATOR, _PAGE, "one-person"),
    Shot(
        "same-person-nobody",
        COORDINATOR,
        _PAGE,
        "one-person",
        sent_to=_PAGE,
        fields={"number": "nobody"},
    ),
    Shot(
        "same-person-compared",
        COORDINATOR,
        _PAGE,
        "one-person",
        sent_to=_PAGE,
        fields={"number": _NUMBER},
    ),
    Shot("same-person-reversal", COORDINATOR, _PAGE + "{note}/reversal/", "one-person"),
    Shot(
        "same-person-merged",
        COORDINATOR,
        "/patients/{patient}/",
        "merged",
        within="#main",
    ),
    Shot(
        "same-person-stays",
        COORDINATOR,
        "/patients/{patient}/",
        "one-person",
        within="section[aria-labelledby=one-person-heading]",
    ),
)


def made(site: Site) -> dict[str, Scene]:
    """Somebody with two records, and somebody else whose record contradicts theirs."""
    for key in (STAYS, LEAVES, CONTRADICTS):
        receive(key, code=SITE)
    with use_sites([site.pk]):
        stays, leaves = (
            PatientIdentifier.objects.get(
                source=SOURCE, value=demonstration.patient_id(key)
            ).patient_id
            for key in (STAYS, LEAVES)
        )
        said = Merging(
            stays,
            leaves,
            "The register gave two numbers, one before and one after the wedding",
            "Passport seen at the desk",
        )
        by = Account.objects.get(username=COORDINATOR)
        done = merge(said, site=site, by=Attribution(person=by))
    return {
        "one-person": Scene("one-person", stays, NOBODY, note=done.pk),
        "merged": Scene("merged", leaves, NOBODY),
    }
