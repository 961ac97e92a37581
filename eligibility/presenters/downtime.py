"""The worklist for the hours without the system: on paper, of what is open, with names and without links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.presenters.dates import day
from eligibility.presenters.worklist import Row
from eligibility.worklist import Line

HEADS = tuple(
    gettext_lazy(head)
    for head in ("Number", "Patient", "Born", "State", "Status", "Missing", "Window", "Next step")
)
LIMITS = (
    gettext_lazy(
        "Read only: as of the moment above. What has arrived since is not on it; a verdict may be another now."
    ),
    gettext_lazy(
        "Register nobody from this list. Note what you do, with day, time and name; enter it when the system is back."
    ),
    gettext_lazy(
        "It names patients: keep it locked away, and destroy it when the next one is made."
    ),
)


@dataclass(frozen=True)
class Entry:
    """One open screening, each cell as it is printed."""

    number: str
    who: str
    born: str
    state: str
    status: str
    missing: str
    window: str
    action: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.number,
            self.who,
            self.born,
            self.state,
            self.status,
            self.missing,
            self.window,
            self.action,
        )


def entries(rows: Iterable[tuple[Line, Row]]) -> tuple[Entry, ...]:
    """What a row of the worklist shows, with who it is in full."""
    return tuple(_entry(line, row) for line, row in rows)


def _entry(line: Line, row: Row) -> Entry:
    first, last = line.birth
    born = day(first) if first is not None and first == last else _("not known to the day")
    missing = [f"{gap.what} ({gap.by})" if gap.by else str(gap.what) for gap in row.gaps]
    window = "; ".join(filter(None, (row.window, row.hurry)))
    return Entry(
        number=row.number,
        who=", ".join(filter(None, (line.family, line.given))) or _("not named"),
        born=born,
        state="; ".join(filter(None, (row.state, str(row.note), row.assignee))),
        status=str(row.look.label),
        missing="; ".join([*missing, row.more] if row.more else missing) or str(row.no_gaps),
        window=window,
        action=str(row.action.verb),
    )


def document(
    found: tuple[Entry, ...], *, site: str, trial: str, made: str, by: str, left_out: bool
) -> Mapping[str, Any]:
    """What the template of the paper is filled with."""
    count = ngettext("%(n)d open screening", "%(n)d open screenings", len(found))
    about = [
        [_("Site"), site],
        [_("Trial"), trial],
        [_("As of"), made],
        [_("Made by"), by],
        [_("Holds"), count % {"n": len(found)} + (_(", the first by due day") if left_out else "")],
    ]
    return {
        "title": _("Worklist for downtime"),
        "lang": "en",
        "about": about,
        "limits": [str(each) for each in LIMITS],
        "heads": [str(each) for each in HEADS],
        "rows": [list(one.cells) for one in found],
        "foot": f"{_('Confidential')} · {site} · {trial} · {made}",
    }
