"""The routes of imports of files: a part of the table of `classified`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trialscreen.wiring.classified.rules import WRITE, Rule

ROUTES: Final[Mapping[str, Rule]] = {
    "imports": Rule(WRITE),
    "import-new": Rule(WRITE, WRITE),
    "import": Rule(WRITE),
    "import-progress": Rule(WRITE),
    "import-approve": Rule(None, WRITE),
    "import-cancel": Rule(None, WRITE),
    "import-refused-file": Rule(WRITE),
    "api-imports": Rule(WRITE, WRITE),
    "api-import": Rule(WRITE),
    "api-import-rejects": Rule(WRITE),
    "api-import-approve": Rule(None, WRITE),
    "api-import-cancel": Rule(None, WRITE),
}
