"""A form of the pages as the table has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.refusals.clinic import Clinic
from tests.refusals.kinds import Field

Typed = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Form:
    """One form: where it stands, who sends it, what is typed when all is well, and its fields."""

    title: str
    named: str
    """The name of the address that it is sent to."""
    by: str
    """Who sends it; empty: somebody who has not signed in."""
    page: Callable[[Clinic], str]
    """Where it stands."""
    sent_to: Callable[[Clinic], str]
    typed: Callable[[Clinic], Typed] = lambda clinic: {}
    """What somebody types into the form as it stands, so that it is taken."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    carried: tuple[str, ...] = ()
    """Controls that a page fills by itself and that decide nothing: the key of a form, the address to go back to."""
    done: int = 302
    stores: bool = True
    refused: int = 422
    """302: there is nothing typed to be kept, so what was wrong is told on the page that it leads back to."""
    empty: str = ""
    """What is said of a form that comes without any field; empty: there is none that it needs."""
    as_json: int = 0
    """What JSON instead of a form is answered with; 0: as an empty form."""
    others: tuple[str, ...] = ()
    """Who may not: told so with 403."""
    absent: bool = True
    """Whether somebody of another site is answered as if it did not exist."""
    way: str = ""
    """The way of a form at a criterion, which is sent from its row."""

    @property
    def headers(self) -> dict[str, str]:
        return {"HX-Request": "true"} if self.way else {}
