"""Protocol policy: what the registry text leaves open. A site may tighten the windows, never loosen them."""

from __future__ import annotations

from eligibility.rules.policy import Policy, Switch, Window

POLICY = Policy(
    windows=(
        Window("hematology", 14, "Blood counts"),
        Window("chemistry", 14, "Blood chemistry"),
        Window("pregnancy", 7, "Pregnancy test"),
        Window("imaging", 28, "Imaging and physical measurement"),
        Window("ecog", 28, "ECOG performance status"),
    ),
    switches=(Switch("ct_is_spiral", False, "All CT scanners of the site are spiral"),),
    horizon=180,
)

TRIAL_NAMES = ("NCT00514085", "IND.189")
"""Identifiers under which a record may refer to this very trial."""
