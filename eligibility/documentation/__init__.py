"""Documents generated from the code, and compared with it by ``make test``: what they say is what runs."""

from __future__ import annotations

from collections.abc import Callable

from eligibility.documentation.criteria import criteria_document
from eligibility.documentation.imports import imports_document
from eligibility.documentation.rules import rules_document
from eligibility.documentation.statuses import statuses_document
from eligibility.documentation.webhooks import webhook_events_document
from eligibility.documentation.workflow import workflow_document
from patients.codes.describe import document as codes_document

DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/criteria.md": criteria_document,
    "docs/rules.md": rules_document,
    "docs/codes.md": codes_document,
    "docs/imports.md": imports_document,
    "docs/statuses.md": statuses_document,
    "docs/workflow.md": workflow_document,
    "docs/webhook-events.md": webhook_events_document,
}
"""Path in the repository to the function that writes its text."""
