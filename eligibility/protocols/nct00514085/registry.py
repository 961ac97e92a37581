"""The registry record's facts of the trial, last updated 2016-11-28: recruitment completed, phase 2."""

from eligibility.protocols.registered import Registered

REGISTERED = Registered(
    identifiers=(
        ("https://clinicaltrials.gov", "NCT00514085"),
        ("urn:trialscreen:sponsor-number", "IND.189"),
    ),
    status="completed",
    phase="phase-2",
    sponsor="Canadian Cancer Trials Group",
)
