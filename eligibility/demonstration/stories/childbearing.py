"""Childbearing potential, pregnancy, nursing, contraception."""

from __future__ import annotations

from datetime import timedelta

from eligibility.demonstration.days import years_after
from eligibility.demonstration.expectations import expires, fails, holds, spared, unknown, waits
from eligibility.demonstration.stories.shelf import (
    Shelf,
    eligible,
    ineligible,
    not_yet,
    undetermined,
)
from eligibility.demonstration.usual import Patient

SHELF = Shelf()
TEST, NURSING, CONTRACEPTION = "pregnancy-test-negative", "not-pregnant-or-nursing", "contraception"


@SHELF.patient(
    "pregnant",
    "Pregnant",
    "The test is positive and the pregnancy on record, against what was answered before.",
    ineligible(fails(TEST), fails(NURSING), conflicting=(NURSING,)),
    sex="female",
)
def pregnant(patient: Patient) -> None:
    patient.fertile()
    patient.test("urine-hcg", "positive", ago=1)
    patient.condition("pregnancy", onset=-50)


@SHELF.patient(
    "pregnancy-test-missing",
    "No pregnancy test yet",
    "One test is all that is missing.",
    undetermined(unknown(TEST, "missing")),
    sex="female",
)
def pregnancy_test_missing(patient: Patient) -> None:
    patient.fertile(tested=None)


@SHELF.patient(
    "pregnancy-test-too-old",
    "Pregnancy test eight days old",
    "Seven are allowed.",
    undetermined(unknown(TEST, "too-old")),
    sex="female",
)
def pregnancy_test_too_old(patient: Patient) -> None:
    patient.fertile(tested=8)


@SHELF.patient(
    "hcg-without-range",
    "hCG as a number without a range",
    "Three, but from which number on is it positive there?",
    undetermined(unknown(TEST, "no-reference-range")),
    sex="female",
)
def hcg_without_range(patient: Patient) -> None:
    patient.fertile(tested=None)
    patient.lab("hcg", 3, low=None, high=None, ago=1)


@SHELF.patient(
    "positive-but-preliminary",
    "Positive, but preliminary",
    "Yesterday's final test was negative; today's positive one is not final and only warns.",
    eligible(holds(TEST, "evidence"), warned=(TEST, NURSING)),
    sex="female",
)
def positive_but_preliminary(patient: Patient) -> None:
    patient.fertile()
    patient.test("serum-hcg", "positive", ago=0, status="preliminary", issued=None)


@SHELF.patient(
    "weaning-next-week",
    "Nursing until next week",
    "The planned end of nursing is recorded: one day remains on which everything holds.",
    not_yet(waits(NURSING, 5), earliest=5, windows=((5, 5),)),
    sex="female",
)
def weaning_next_week(patient: Patient) -> None:
    patient.fertile(tested=1)
    patient.condition("nursing", onset=-90, ended=5)


@SHELF.patient(
    "nursing-not-asked",
    "Nobody asked about nursing",
    "The test is negative, which says nothing about nursing.",
    undetermined(unknown(NURSING, "needs-statement"), holds(TEST, "evidence")),
    sex="female",
)
def nursing_not_asked(patient: Patient) -> None:
    patient.fertile()
    patient.unanswered(NURSING)


@SHELF.patient(
    "hysterectomy",
    "Uterus removed",
    "No test and no contraception needed; nursing has still to be asked.",
    undetermined(
        spared(TEST, "evidence"),
        spared(CONTRACEPTION, "evidence"),
        unknown(NURSING, "needs-statement"),
    ),
    sex="female",
)
def hysterectomy(patient: Patient) -> None:
    patient.without("postmenopausal")
    patient.born(years_after(patient.on, -43) - timedelta(days=20))
    patient.procedure("hysterectomy", -900)


@SHELF.patient(
    "uterus-absent-by-code",
    "Uterus absent by a status code",
    "The operation itself is on nobody's record.",
    eligible(
        spared(TEST, "evidence"),
        spared(CONTRACEPTION, "evidence"),
        holds(NURSING, "attestation"),
    ),
    sex="female",
)
def uterus_absent_by_code(patient: Patient) -> None:
    patient.without("postmenopausal").answer(NURSING)
    patient.born(years_after(patient.on, -49) - timedelta(days=120))
    patient.condition("uterus removed", onset=None, status=None)


@SHELF.patient(
    "tubal-ligation",
    "Tubal ligation",
    "Contraception is settled, the pregnancy test is still asked for.",
    eligible(spared(CONTRACEPTION, "evidence"), holds(TEST, "evidence")),
    sex="female",
)
def tubal_ligation(patient: Patient) -> None:
    patient.fertile(age=41)
    patient.unanswered(CONTRACEPTION).condition("tubal ligation status", onset=-2000)


@SHELF.patient(
    "not-of-childbearing-potential",
    "Stated not to be of childbearing potential",
    "The statement stands for the test and for contraception, and lapses in five days.",
    eligible(expires(TEST, 5, "not_applicable"), spared(CONTRACEPTION, "attestation")),
    sex="female",
)
def not_of_childbearing_potential(patient: Patient) -> None:
    patient.fertile(tested=None, age=50)
    patient.unanswered(CONTRACEPTION).answer(TEST, "not_applicable", ago=24)


@SHELF.patient(
    "vasectomy",
    "Vasectomy",
    "A man who cannot father a child needs no contraception plan.",
    eligible(spared(CONTRACEPTION, "evidence"), spared(TEST, "evidence")),
    sex="male",
)
def vasectomy(patient: Patient) -> None:
    patient.unanswered(CONTRACEPTION).procedure("vasectomy", -2000)


@SHELF.patient(
    "contraception-refused",
    "Declines contraception",
    "He said so, and may say otherwise later.",
    ineligible(fails(CONTRACEPTION)),
    sex="male",
)
def contraception_refused(patient: Patient) -> None:
    patient.answer(CONTRACEPTION, "not_met")


@SHELF.patient(
    "contraception-not-discussed",
    "Contraception not discussed yet",
    "Men are fertile unless sterilised.",
    undetermined(unknown(CONTRACEPTION, "needs-statement")),
    sex="male",
)
def contraception_not_discussed(patient: Patient) -> None:
    patient.unanswered(CONTRACEPTION)


@SHELF.patient(
    "man-with-hcg",
    "A man with an hCG result",
    "A tumour marker, or a wrong sex? The negative value passes, nursing has to be asked.",
    undetermined(holds(TEST, "evidence"), unknown(NURSING)),
    sex="male",
)
def man_with_hcg(patient: Patient) -> None:
    patient.lab("hcg", 1)


@SHELF.patient(
    "sex-contradictory",
    "Female and male on one record",
    "Two extensions contradict each other; a test result would help.",
    undetermined(unknown(TEST), unknown(NURSING)),
    sex="female",
)
def sex_contradictory(patient: Patient) -> None:
    patient.without("postmenopausal").answer(CONTRACEPTION)
    extensions = patient.resources["patient"]["extension"]
    assert isinstance(extensions, list)
    sex = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex"
    extensions.append({"url": sex, "valueCode": "248153007"})
