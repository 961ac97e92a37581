"""Every form of the pages."""

from __future__ import annotations

from tests.refusals.administration import ADMINISTRATION
from tests.refusals.conduct import DELEGATION, EVALUATION, OPENINGS, SIGNING_IN
from tests.refusals.connections import CONNECTIONS
from tests.refusals.entering import CORRECTING, ENTERING
from tests.refusals.form import Form
from tests.refusals.merging import MERGING
from tests.refusals.site_rules import SITE_RULES
from tests.refusals.versions import VERSIONS
from tests.refusals.workflow import ACTS, DEVIATIONS, NOTES, RETESTS, WORKLIST

FORMS: tuple[Form, ...] = (
    *WORKLIST,
    *MERGING,
    *ENTERING,
    *CORRECTING,
    *ACTS,
    *DEVIATIONS,
    *RETESTS,
    *NOTES,
    *DELEGATION,
    *OPENINGS,
    *ADMINISTRATION,
    *CONNECTIONS,
    *SITE_RULES,
    *VERSIONS,
    EVALUATION,
    *SIGNING_IN,
)
