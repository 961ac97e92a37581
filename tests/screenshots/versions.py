"""Pages of the versions of the criteria, while there is one alone; an amendment has a journey of its own."""

from __future__ import annotations

from typing import Final

from eligibility.protocols import get
from tests.screenshots.shot import ADMINISTRATOR, COORDINATOR, INVESTIGATOR, Shot

_TRIAL: Final = "NCT00514085"
_LIST: Final = f"/trials/{_TRIAL}/versions/"
_NOW: Final = get(_TRIAL).version
_ONE: Final = f"{_LIST}{_NOW}/"
VERSIONS: Final = (
    Shot("versions", ADMINISTRATOR, _LIST),
    Shot("version", COORDINATOR, _ONE),
    Shot("version-changes-none", COORDINATOR, f"{_ONE}changes/{_NOW}/"),
    *(
        Shot(f"version-{step}", who, f"{_ONE}{step}/")
        for step, who in (
            ("submit", ADMINISTRATOR),
            ("review", INVESTIGATOR),
            ("send-back", INVESTIGATOR),
            ("publish", ADMINISTRATOR),
        )
    ),
    Shot("version-publish-refused", ADMINISTRATOR, f"{_ONE}publish/", sent_to=f"{_ONE}publish/"),
    Shot("version-impact-refused", ADMINISTRATOR, _ONE, sent_to=f"{_ONE}impact/"),
)
