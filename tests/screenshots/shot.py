"""One row of the table of pages: who looks, where, and what was done before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from uuid import UUID

from playwright.sync_api import Page

from tests.screenshots.scene import SITE, Scene
from tests.screenshots.steps import Step, hands_in, nothing, then

COORDINATOR, INVESTIGATOR = f"coordinator.{SITE}", f"investigator.{SITE}"
MONITOR, ADMINISTRATOR = "monitor", "administrator"
ELSEWHERE = "coordinator.montreal"
"""Of a site that has no patient yet."""
SOMEBODY: Final = UUID(int=1)


class Shot(NamedTuple):
    """One page in one state."""

    name: str
    who: str
    path: str
    """With ``{patient}``, ``{screening}``, ``{note}``, ``{part}`` and ``{key}`` of the scene."""
    scene: str = ""
    first: Step = nothing
    sent_to: str = ""
    """The address to which a form was handed in, where that is another; ``first`` is made of it."""
    fields: Mapping[str, str] = {}
    within: str = ""
    """Selector of what is of this state, where the rest of the page stands in another row already."""

    def address(self, scenes: Mapping[str, Scene]) -> str:
        return _of(self.path, scenes.get(self.scene))

    def before(self, scenes: Mapping[str, Scene]) -> Callable[[Page], None]:
        if self.sent_to:
            send = hands_in(_of(self.sent_to, scenes.get(self.scene)), **self.fields)
            return send if self.first is nothing else then(self.first, send)
        return self.first

    def addresses(self) -> tuple[str, ...]:
        """Where it has been, of a scene that is nobody's."""
        nobody = Scene("", SOMEBODY, SOMEBODY, 1, 1, "1-2")
        return tuple(_of(path, nobody) for path in (self.path, self.sent_to) if path)


def _of(path: str, scene: Scene | None) -> str:
    return path.format(**scene._asdict()) if scene is not None else path
