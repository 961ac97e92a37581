"""A hospital's own codes: the scene, and the pages that are looked at."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from eligibility.actions import mapping
from patients.actions import Attribution, local_codes, receive_bundle
from patients.codes.local_rows import Row
from patients.intake import strict_json
from tests.local_codes.build import LAB, bundle, observation
from tests.screenshots.scene import NOBODY, SITE, Scene
from tests.screenshots.shot import COORDINATOR, INVESTIGATOR, Shot
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

_VERSION: Final = "/local-codes/versions/{note}/"
LOCAL_CODES: Final = (
    Shot("local-codes", COORDINATOR, "/local-codes/", "local-codes"),
    Shot(
        "local-codes-nothing-kept",
        COORDINATOR,
        "/local-codes/",
        "local-codes",
        sent_to="/local-codes/upload/",
        fields={"site": SITE},
        within="#upload",
    ),
    Shot(
        "local-codes-add",
        COORDINATOR,
        "/local-codes/add/?system=https%3A%2F%2Flaboratory.invalid%2Fcodes&code=LAB-CREA",
        "local-codes",
    ),
    Shot("local-codes-version", INVESTIGATOR, _VERSION, "local-codes"),
)


def made(site: Site) -> dict[str, Scene]:
    """A map in force, a draft whose impact is counted, and codes that nothing reads."""
    names = ("LAB-NEUT", "LAB-PLT", "LAB-CREA", "LAB-HB")
    with use_sites([site.pk]):
        for number in range(1, 4):
            key = f"local-{number}"
            sent = bundle(
                *(observation(f"{key}-{code}", (LAB, code)) for code in names[: number + 1]),
                key=key,
            )
            who = sent["entry"][0]["resource"]
            who["name"] = [{"family": "Invented", "given": [f"Person {number}"]}]
            receive_bundle(
                strict_json.write(sent),
                site=site,
                source="laboratory",
                by=Attribution(client="laboratory"),
                received_on=date(2026, 11, 21),
            )
        by, other = (Account.objects.get(username=name) for name in (COORDINATOR, INVESTIGATOR))
        first = _proposed(
            site, by, Row(1, LAB, "LAB-NEUT", "Neutrophils, automated", "loinc", "751-8")
        )
        local_codes.review(first, statement="Each line, against the catalogue.", by=other)
        local_codes.put_in_force(first, reason="From today.", by=other)
        draft = _proposed(site, by, Row(1, LAB, "LAB-PLT", "Platelets", "loinc", "777-3"))
        mapping.ask_impact(draft, by=by)
    mapping.count_impacts()
    return {"local-codes": Scene("local-codes", NOBODY, NOBODY, note=draft.pk)}


def _proposed(site: Site, by: Account, row: Row) -> Any:
    return local_codes.propose([row], site=site, reason="Catalogue of November 2026", by=by)
