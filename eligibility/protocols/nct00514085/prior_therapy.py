"""PRIOR CONCURRENT THERAPY: systemic treatment, immunotherapy, surgery, radiotherapy, studies, corticosteroids."""

from __future__ import annotations

from functools import partial

from eligibility.protocols.nct00514085.policy import TRIAL_NAMES
from eligibility.rules.criterion import Attestable, Criterion
from eligibility.rules.kinds.courses import (
    NoConcurrentSteroid,
    NoCourse,
    TopicalSteroidsAllowed,
)
from eligibility.rules.kinds.radiotherapy import SinceRadiotherapy
from eligibility.rules.kinds.washout import Pause, SinceAnticancer, SinceCourse, SinceOperation

_HEADING = "PRIOR CONCURRENT THERAPY"
inclusion = partial(Criterion, type="inclusion", heading=_HEADING)
exclusion = partial(Criterion, type="exclusion", heading=_HEADING)

ANTICANCER = ("immunotherapy", "chemotherapy", "targeted")
_FOUR_WEEKS = Pause(28, "days")
_MORE_THAN_FOUR_WEEKS = Pause(28, "days", more_than=True)
_COORDINATOR = Attestable("coordinator", validity=28)
_ANY_ANSWER = ("met", "not_met", "not_applicable")

PRIOR_CONCURRENT_THERAPY = (
    exclusion(
        "no-prior-systemic-metastatic",
        place="prior-therapy/1",
        quote="No previous systemic therapy for metastatic disease",
        title="Systemic therapy for metastatic disease",
        text="No systemic anticancer drug has been given for metastatic disease.",
        holds=NoCourse(ANTICANCER, "systemic anticancer drug", settings=("palliative",)),
        ask="Was the course given for metastatic disease?",
        ask_of="chart",
        data="anticancer drug courses with their setting",
        attestable=_COORDINATOR,
        permanent=True,
    ),
    inclusion(
        "adjuvant-immunotherapy-washout",
        place="prior-therapy/2",
        quote="At least 3 months since prior adjuvant immunotherapy for recurrent melanoma",
        title="3 months since adjuvant immunotherapy",
        text="At least 3 calendar months have passed since adjuvant immunotherapy ended.",
        holds=SinceCourse(
            ("immunotherapy",), "adjuvant", Pause(3, "months"), "adjuvant immunotherapy"
        ),
        ask="Enter the date of the last adjuvant dose.",
        ask_of="chart",
        data="immunotherapy courses with setting and end",
        attestable=Attestable("coordinator", validity=28, answers=_ANY_ANSWER),
    ),
    exclusion(
        "no-immunotherapy-metastatic",
        place="prior-therapy/2.1",
        quote="No prior immunotherapy for metastatic disease",
        title="Immunotherapy for metastatic disease",
        text="No immunotherapy has been given for metastatic disease.",
        holds=NoCourse(("immunotherapy",), "immunotherapy", settings=("palliative",)),
        ask="State the setting of the immunotherapy.",
        ask_of="chart",
        data="immunotherapy courses with their setting",
        attestable=_COORDINATOR,
        permanent=True,
    ),
    exclusion(
        "no-immunotherapy-outside-adjuvant",
        place="prior-therapy/2.2",
        quote="No prior immunotherapy outside the adjuvant setting",
        title="Immunotherapy outside the adjuvant setting",
        text="Any immunotherapy was adjuvant.",
        holds=NoCourse(("immunotherapy",), "immunotherapy", settings=("palliative", "neoadjuvant")),
        ask="State the setting of the immunotherapy.",
        ask_of="chart",
        data="immunotherapy courses with their setting",
        attestable=_COORDINATOR,
        permanent=True,
    ),
    inclusion(
        "major-surgery-washout",
        place="prior-therapy/3",
        quote="At least 4 weeks since prior major surgery",
        title="4 weeks since major surgery",
        text="At least 4 weeks (28 days) have passed since the last major operation.",
        holds=SinceOperation(
            ("major-surgery",),
            doubtful=("surgery-extent-unknown",),
            pause=_FOUR_WEEKS,
            what="major surgery",
        ),
        ask="Find out whether the operation was major, and when it ended.",
        ask_of="chart",
        data="operations with their end",
        attestable=Attestable("coordinator", validity=28, answers=_ANY_ANSWER),
    ),
    inclusion(
        "radiotherapy-washout",
        place="prior-therapy/4",
        quote="At least 4 weeks since prior radiotherapy except low-dose, nonmyelosuppressive radiotherapy and "
        "recovered",
        title="4 weeks since radiotherapy, recovered",
        text="At least 4 weeks (28 days) have passed since radiotherapy, and the patient has recovered; low-dose, "
        "non-myelosuppressive radiotherapy from which the patient has recovered is excepted.",
        holds=SinceRadiotherapy("radiotherapy-washout", _FOUR_WEEKS),
        ask="Has the patient recovered from radiotherapy?",
        ask_of="attestation",
        data="radiotherapy with its end; an investigator's statement of recovery or of the low-dose exception",
        attestable=Attestable("investigator", answers=_ANY_ANSWER, weighed_inside=True),
    ),
    exclusion(
        "investigational-anticancer-washout",
        place="prior-therapy/5",
        quote="More than 4 weeks since prior and no concurrent investigational agents or anticancer therapy",
        title="Other agents within 4 weeks",
        text="More than 4 weeks (28 days) have passed since any investigational agent or anticancer drug, and none is "
        "concurrent.",
        holds=SinceAnticancer(ANTICANCER, _MORE_THAN_FOUR_WEEKS, own=TRIAL_NAMES),
        ask="Find the day of the last dose.",
        ask_of="chart",
        data="anticancer drug courses; participation in other studies",
        attestable=_COORDINATOR,
    ),
    exclusion(
        "no-prior-chemotherapy",
        place="prior-therapy/6",
        quote="No prior chemotherapy including regional therapy",
        title="Prior chemotherapy",
        text="Cytotoxic chemotherapy, systemic or regional, has never been given, for any disease.",
        holds=NoCourse(("chemotherapy", "chemotherapy-history"), "chemotherapy"),
        ask="Was the chemotherapy on record given?",
        ask_of="chart",
        data="chemotherapy courses, procedures and history",
        attestable=_COORDINATOR,
        permanent=True,
    ),
    exclusion(
        "no-systemic-corticosteroids",
        place="prior-therapy/7",
        quote="No concurrent systemic corticosteroids (e.g., prednisone or dexamethasone)",
        title="Systemic corticosteroids",
        text="No systemic corticosteroid is being taken (e.g. prednisone, dexamethasone).",
        holds=NoConcurrentSteroid(),
        ask="Find the route and the end of the corticosteroid.",
        ask_of="chart",
        data="corticosteroid courses with route and end",
        attestable=_COORDINATOR,
    ),
    inclusion(
        "topical-steroids-allowed",
        place="prior-therapy/7.1",
        quote="Concurrent topical steroids are allowed",
        title="Topical steroids are allowed",
        text="Topical corticosteroids do not exclude.",
        holds=TopicalSteroidsAllowed(),
        ask="",
        ask_of="chart",
        data="corticosteroid courses with route and end",
        confirm=False,
    ),
)
