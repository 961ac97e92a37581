"""PATIENT CHARACTERISTICS, bullets 8 to 10: pregnancy, nursing, contraception."""

from __future__ import annotations

from functools import partial

from eligibility.protocols.nct00514085.laboratory import HEADING
from eligibility.rules.criterion import Attestable, Criterion
from eligibility.rules.kinds.childbearing import (
    Contraception,
    NegativePregnancyTest,
    NotPregnantOrNursing,
)

inclusion = partial(Criterion, type="inclusion", heading=HEADING)
exclusion = partial(Criterion, type="exclusion", heading=HEADING)

_ANY_ANSWER = ("met", "not_met", "not_applicable")

REPRODUCTION = (
    inclusion(
        "pregnancy-test-negative",
        place="patient/8",
        quote="Negative pregnancy test",
        title="Negative pregnancy test",
        text="A negative pregnancy test, for patients of childbearing potential.",
        holds=NegativePregnancyTest("pregnancy"),
        ask="Obtain a pregnancy test within the policy window before registration.",
        ask_of="lab",
        data="sex, childbearing potential, urine or serum pregnancy test, quantitative hCG with its range",
        attestable=Attestable("coordinator", validity=28, answers=("not_applicable",)),
    ),
    exclusion(
        "not-pregnant-or-nursing",
        place="patient/9",
        quote="Not pregnant or nursing",
        title="Pregnant or nursing",
        text="The patient is neither pregnant nor nursing.",
        holds=NotPregnantOrNursing("pregnancy"),
        ask="Confirm that the patient is neither pregnant nor nursing.",
        ask_of="patient",
        data="pregnancy, nursing and menopause on record; pregnancy tests and status",
        attestable=Attestable("coordinator", validity=7, answers=_ANY_ANSWER),
    ),
    inclusion(
        "contraception",
        place="patient/10",
        quote="Fertile patients must use effective contraception during study therapy",
        title="Effective contraception",
        text="Patients who can conceive or father a child use effective contraception during study therapy.",
        holds=Contraception(tested_by="pregnancy-test-negative"),
        ask="Discuss and record the contraception plan.",
        ask_of="patient",
        data="childbearing potential; sterilisation on record",
        attestable=Attestable("coordinator", answers=_ANY_ANSWER),
    ),
)
