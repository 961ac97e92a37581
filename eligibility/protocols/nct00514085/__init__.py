"""NCT00514085 (IND.189): recombinant interleukin-21 in metastatic or recurrent malignant melanoma.

The eligibility part of the registry record, last updated 2016-11-28, one file per heading of its text, in its order.
Each criterion stands beside its place (section/bullet.sub-bullet). The registry gives no windows: those are policy.
"""

from eligibility.protocols.nct00514085.ages import AGES
from eligibility.protocols.nct00514085.disease import DISEASE_CHARACTERISTICS
from eligibility.protocols.nct00514085.patient import PATIENT_CHARACTERISTICS
from eligibility.protocols.nct00514085.policy import POLICY
from eligibility.protocols.nct00514085.prior_therapy import PRIOR_CONCURRENT_THERAPY
from eligibility.rules.protocol import Protocol

PROTOCOL = Protocol(
    trial="NCT00514085",
    version="2016-11-28.1",
    title="Interleukin-21 in Treating Patients With Metastatic or Recurrent Malignant Melanoma",
    criteria=(
        *AGES,
        *DISEASE_CHARACTERISTICS,
        *PATIENT_CHARACTERISTICS,
        *PRIOR_CONCURRENT_THERAPY,
    ),
    policy=POLICY,
)

SOUGHT_DISEASES = ("cutaneous-melanoma", "melanoma-site-not-stated", "melanoma-in-situ")
"""Classes of conditions that make an adult a candidate: melanoma, confirmed or not yet."""
