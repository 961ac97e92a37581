"""Statements by a person (attestations): which one governs, and what it may decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.naive import dates
from tests.naive.outcomes import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Finding

YES = (MET, NOT_MET)
ANY = (MET, NOT_MET, NOT_APPLICABLE)

# criterion: (answers allowed, validity in days after the day of the statement or None)
ALLOWED: dict[str, tuple[tuple[str, ...], int | None]] = {
    "age-18": ((), None),
    "histology-cutaneous-melanoma": (YES, None),
    "recurrent-or-metastatic-incurable": (YES, None),
    "measurable-disease": (YES, 28),
    "nonbulky-disease": (YES, 28),
    "tumor-tissue-available": (YES, None),
    "no-brain-metastases": (YES, 28),
    "ecog-0-2": ((), None),
    "life-expectancy-12-weeks": (YES, 28),
    "granulocytes": ((), None),
    "platelets": ((), None),
    "bilirubin-normal": ((), None),
    "creatinine": ((), None),
    "ast-alt": ((), None),
    "pregnancy-test-negative": ((NOT_APPLICABLE,), 28),
    "not-pregnant-or-nursing": (ANY, 7),
    "contraception": (ANY, None),
    "no-uncontrolled-illness": (YES, 28),
    "no-active-infection": (YES, 28),
    "no-symptomatic-chf": (YES, 28),
    "no-unstable-angina": (YES, 28),
    "no-cardiac-arrhythmia": (YES, 28),
    "no-limiting-psychiatric-social": (YES, 28),
    "no-hemolytic-disorder": (YES, 28),
    "no-sickle-cell-anemia": (YES, 28),
    "no-thalassemia": (YES, 28),
    "no-autoimmune-hemolytic-anemia": (YES, 28),
    "no-other-malignancy-5y": (YES, None),
    "no-hiv-hbv-hcv": (YES, 28),
    "within-2-hour-drive": (YES, None),
    "no-prior-systemic-metastatic": (YES, 28),
    "adjuvant-immunotherapy-washout": (ANY, 28),
    "no-immunotherapy-metastatic": (YES, 28),
    "no-immunotherapy-outside-adjuvant": (YES, 28),
    "major-surgery-washout": (ANY, 28),
    "radiotherapy-washout": (ANY, None),
    "investigational-anticancer-washout": (YES, 28),
    "no-prior-chemotherapy": (YES, 28),
    "no-systemic-corticosteroids": (YES, 28),
    "topical-steroids-allowed": ((), None),
}


@dataclass(frozen=True)
class Statement:
    criterion: str
    answer: str
    stated_on: date
    detail: str | None


def read(raw: list[dict]) -> list[Statement]:
    return [
        Statement(
            each["criterion"],
            each["answer"],
            date.fromisoformat(each["stated_on"]),
            each.get("detail"),
        )
        for each in raw
    ]


def heard(statements: list[Statement], criterion: str, on: date) -> list[Statement]:
    """The statements of an allowed answer made on or before the day, the last one last."""
    answers, _ = ALLOWED[criterion]
    return sorted(
        (
            each
            for each in statements
            if each.criterion == criterion and each.answer in answers and each.stated_on <= on
        ),
        key=lambda each: each.stated_on,
    )


def has_expired(statement: Statement, on: date) -> bool:
    validity = ALLOWED[statement.criterion][1]
    if validity is None or statement.answer == NOT_MET:
        return False
    return on > dates.add_days(statement.stated_on, validity)


def governing(statements: list[Statement], criterion: str, on: date) -> Statement | None:
    """The last one stated, as if the expired ones had never been made."""
    living = [s for s in heard(statements, criterion, on) if not has_expired(s, on)]
    return living[-1] if living else None


def decide(finding: Finding, statements: list[Statement], criterion: str, on: date) -> Finding:
    """The records' finding after the statements were heard."""
    statement = governing(statements, criterion, on)
    if statement is not None and statement.answer == NOT_MET:
        return Finding(NOT_MET, "attestation", unchangeable=finding.unchangeable)
    if finding.verdict == UNKNOWN:
        if statement is not None:
            return _settled(finding, statement)
        return _lapsed(finding, statements, criterion, on)
    if finding.basis == "absence" and statement is not None:
        return Finding(finding.verdict, "attestation")
    return finding


def _is_newer(finding: Finding, statement: Statement) -> bool:
    return any(
        cause.latest is not None and cause.latest > statement.stated_on for cause in finding.causes
    )


def _settled(finding: Finding, statement: Statement) -> Finding:
    if statement.criterion == "radiotherapy-washout" and statement.answer == MET:
        return finding  # the records' finding has weighed it already
    if _is_newer(finding, statement):
        finding.reasons = finding.reasons | {"newer-than-statement"}
        return finding
    return Finding(statement.answer, "attestation")


def _lapsed(finding: Finding, statements: list[Statement], criterion: str, on: date) -> Finding:
    made = heard(statements, criterion, on)
    if made and has_expired(made[-1], on) and not _is_newer(finding, made[-1]):
        finding.reasons = finding.reasons | {"attestation-expired"}
    return finding
