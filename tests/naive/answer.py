"""The forty criteria on one day, every day of the horizon, and the answer as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.naive import (
    bundle,
    childbearing,
    disease,
    illness,
    labs,
    lesions,
    limits,
    reading,
    statements,
    therapy,
    viruses,
)
from tests.naive.bundle import Refused
from tests.naive.outcomes import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Finding, together

HORIZON = 180
DEFAULTS = {"hematology": 14, "chemistry": 14, "pregnancy": 7, "imaging": 28, "ecog": 28}
CRITERIA = list(statements.ALLOWED)
Findings = dict[str, Finding]

# What a not_met without clears_on can still be changed by, where it is not always new_data.
NEVER_CHANGES = {
    "no-brain-metastases",
    "no-hemolytic-disorder",
    "no-sickle-cell-anemia",
    "no-thalassemia",
    "no-autoimmune-hemolytic-anemia",
    "no-prior-systemic-metastatic",
    "no-immunotherapy-metastatic",
    "no-immunotherapy-outside-adjuvant",
    "no-prior-chemotherapy",
}
NEVER_CHANGES_BY_RECORD = {
    "histology-cutaneous-melanoma",
    "life-expectancy-12-weeks",
    "no-hiv-hbv-hcv",
}


class Case:
    """One document: the chart and everything else that the forty criteria look at."""

    def __init__(self, document: dict[str, Any], on: date) -> None:
        zone = ZoneInfo(document.get("time_zone") or "America/Toronto")
        received = document.get("received_on")
        contents = bundle.read(document["bundle"], document.get("set_aside") or [], zone)
        self.chart = reading.chart(contents, date.fromisoformat(received) if received else on, zone)
        self.statements = statements.read(document.get("attestations") or [])
        self.ranges = document.get("reference_ranges") or []
        self.policy = policy(document.get("policy") or {})

    def records_say(self, criterion: str, on: date) -> Finding:
        """The verdict of the records alone (radiotherapy also weighs the statement)."""
        judges = self.judges(criterion, on)
        return judges[criterion]() if criterion in judges else illness.needs_statement()

    def judges(self, criterion: str, on: date) -> dict[str, Callable[[], Finding]]:
        """How the records are judged; a criterion that is not named here needs a statement."""
        chart, window = self.chart, self.policy
        return {
            "age-18": lambda: illness.age_18(chart, on),
            "histology-cutaneous-melanoma": lambda: disease.histology(chart, on),
            "measurable-disease": lambda: lesions.measurable(
                chart, on, window["imaging"], window["ct_is_spiral"]
            ),
            "nonbulky-disease": lambda: lesions.nonbulky(chart, on, window["imaging"]),
            "tumor-tissue-available": lambda: disease.tissue(chart),
            "no-brain-metastases": lambda: disease.brain(chart, on),
            "ecog-0-2": lambda: illness.ecog(chart, on, window["ecog"]),
            "life-expectancy-12-weeks": lambda: illness.alive(chart, on),
            "granulocytes": lambda: self.laboratory(criterion, on),
            "platelets": lambda: self.laboratory(criterion, on),
            "bilirubin-normal": lambda: self.laboratory(criterion, on),
            "creatinine": lambda: self.laboratory(criterion, on),
            "ast-alt": lambda: self.laboratory(criterion, on),
            "pregnancy-test-negative": lambda: childbearing.pregnancy_test(
                chart, on, window["pregnancy"]
            ),
            "not-pregnant-or-nursing": lambda: childbearing.not_pregnant(
                chart, on, window["pregnancy"]
            ),
            "contraception": lambda: self.contraception(on),
            "no-active-infection": lambda: illness.active_or_statement(chart, on, "infection"),
            "no-unstable-angina": lambda: illness.active_or_statement(chart, on, "unstable angina"),
            "no-symptomatic-chf": lambda: illness.only_by_statement(chart, on, "heart failure"),
            "no-cardiac-arrhythmia": lambda: illness.only_by_statement(chart, on, "arrhythmia"),
            "no-limiting-psychiatric-social": lambda: illness.only_by_statement(
                chart, on, "psychiatric"
            ),
            "no-hemolytic-disorder": lambda: illness.never_had(chart, on, "other haemolytic"),
            "no-sickle-cell-anemia": lambda: illness.never_had(
                chart, on, "sickle-cell disease", "sickle-cell trait"
            ),
            "no-thalassemia": lambda: illness.never_had(
                chart, on, "thalassaemia", "thalassaemia minor"
            ),
            "no-autoimmune-hemolytic-anemia": lambda: illness.never_had(
                chart, on, "autoimmune haemolytic anaemia"
            ),
            "no-other-malignancy-5y": lambda: illness.other_malignancy(chart, on),
            "no-hiv-hbv-hcv": lambda: viruses.viruses(chart, on),
            "no-prior-systemic-metastatic": lambda: therapy.systemic_for_metastatic(
                chart, on, therapy.ANTICANCER
            ),
            "adjuvant-immunotherapy-washout": lambda: therapy.adjuvant_washout(chart, on),
            "no-immunotherapy-metastatic": lambda: therapy.systemic_for_metastatic(
                chart, on, {"immunotherapy"}
            ),
            "no-immunotherapy-outside-adjuvant": lambda: therapy.outside_adjuvant(chart, on),
            "major-surgery-washout": lambda: therapy.surgery_washout(chart, on),
            "radiotherapy-washout": lambda: therapy.radiotherapy_washout(
                chart, on, statements.governing(self.statements, criterion, on)
            ),
            "investigational-anticancer-washout": lambda: therapy.anticancer_washout(chart, on),
            "no-prior-chemotherapy": lambda: therapy.chemotherapy(chart, on),
            "no-systemic-corticosteroids": lambda: therapy.systemic_steroids(chart, on),
            "topical-steroids-allowed": lambda: therapy.topical_steroids(chart, on),
        }

    def laboratory(self, criterion: str, on: date) -> Finding:
        chart = self.chart
        if criterion in ("granulocytes", "platelets"):
            counts = {"granulocytes": ("granulocytes", "neutrophils"), "platelets": ("platelets",)}
            limit = Fraction(15, 10) if criterion == "granulocytes" else Fraction(100)
            found = labs.usable(chart, *counts[criterion])
            judge = labs.at_least(counts[criterion][-1], limit * 10**9)
            return together([labs.last_result(found, on, self.policy["hematology"], judge)])
        analytes = {
            "bilirubin-normal": (("bilirubin",), Fraction(1)),
            "creatinine": (("creatinine",), Fraction(15, 10)),
            "ast-alt": (("ast", "alt"), Fraction(25, 10)),
        }
        names, times = analytes[criterion]
        grounds = []
        for name in names:
            judge = limits.at_most_times_upper_limit(chart, name, times, self.ranges)
            found = labs.usable(chart, name)
            grounds.append(labs.last_result(found, on, self.policy["chemistry"], judge))
        return together(grounds)

    def contraception(self, on: date) -> Finding:
        """A woman stated not to be of childbearing potential needs none, by that statement."""
        finding = childbearing.contraception(self.chart, on)
        if finding.verdict == UNKNOWN and self.chart.sex == "female":
            test = self.on_day("pregnancy-test-negative", on)
            if (test.verdict, test.basis) == (NOT_APPLICABLE, "attestation"):
                return Finding(NOT_APPLICABLE, "attestation")
        return finding

    def on_day(self, criterion: str, on: date) -> Finding:
        finding = statements.decide(self.records_say(criterion, on), self.statements, criterion, on)
        if finding.verdict == NOT_MET:
            finding.remedy = remedy(criterion, finding)
        return finding


def remedy(criterion: str, finding: Finding) -> str:
    if finding.clears_on is not None or criterion == "age-18":
        return "time"
    if criterion in NEVER_CHANGES:
        return "none"
    if criterion in NEVER_CHANGES_BY_RECORD and finding.unchangeable:
        return "none"
    return "new_data"


def policy(given: dict[str, Any]) -> dict[str, Any]:
    """The windows in days. Raises ``Refused`` for one that is looser than the default."""
    windows: dict[str, Any] = {"ct_is_spiral": given.get("ct_is_spiral", False)}
    for name, default in DEFAULTS.items():
        value = given.get(name, default)
        if isinstance(value, (bool, float, str)) or value != int(value) or value < 0:
            raise Refused(f"policy {name}: {value}")
        if value > default:
            raise Refused(f"policy {name}: {value} is looser than {default}")
        windows[name] = int(value)
    return windows


def evaluate(document: dict[str, Any], *, on: date, days: int = HORIZON) -> dict[str, Any]:
    """The answer on ``on`` and on each of the ``days`` days after it, every day by itself.

    Raises ``Refused``. With ``days=0`` there are no windows and the timeline has one day.
    """
    case = Case(document, on)

    @cache
    def day(when: date) -> dict[str, Finding]:
        return {criterion: case.on_day(criterion, when) for criterion in CRITERIA}

    calendar = [on + timedelta(days=step) for step in range(days + 1)]
    today = day(on)
    status = overall(today)
    return {
        "status": status,
        "earliest_date": earliest(today, day) if status == "not_yet" else None,
        "windows": runs(calendar, lambda when: is_eligible(day(when))),
        "possible_windows": [
            {**run, "repeat": repeats(run, day)}
            for run in runs(calendar, lambda when: is_possible(day(when)))
        ],
        "to_confirm": [
            criterion
            for criterion in CRITERIA
            if today[criterion].basis == "absence" and criterion != "topical-steroids-allowed"
        ],
        "criteria": {
            criterion: {
                "verdict": finding.verdict,
                "basis": finding.basis,
                "reason": finding.reason,
                "remedy": finding.remedy,
                "clears_on": finding.clears_on.isoformat() if finding.clears_on else None,
                "timeline": {
                    when.isoformat(): (day(when)[criterion].verdict, day(when)[criterion].basis)
                    for when in calendar
                },
            }
            for criterion, finding in today.items()
        },
    }


def overall(findings: dict[str, Finding]) -> str:
    failing = [finding for finding in findings.values() if finding.verdict == NOT_MET]
    if any(finding.clears_on is None for finding in failing):
        return "ineligible"
    if failing:
        return "not_yet"
    if any(finding.verdict == UNKNOWN for finding in findings.values()):
        return "undetermined"
    return "eligible"


def earliest(today: Findings, day: Callable[[date], Findings]) -> str | None:
    """The first day without a not_met, from the latest clears_on up to the horizon after it."""
    first = max(finding.clears_on for finding in today.values() if finding.clears_on)
    for step in range(HORIZON + 1):
        when = first + timedelta(days=step)
        if not any(finding.verdict == NOT_MET for finding in day(when).values()):
            return when.isoformat()
    return None


def is_eligible(findings: dict[str, Finding]) -> bool:
    return all(finding.verdict in (MET, NOT_APPLICABLE) for finding in findings.values())


def is_possible(findings: dict[str, Finding]) -> bool:
    return all(
        finding.verdict in (MET, NOT_APPLICABLE)
        or (finding.verdict == UNKNOWN and finding.reason in ("too-old", "attestation-expired"))
        for finding in findings.values()
    )


def runs(calendar: list[date], holds: Callable[[date], bool]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    previous = False
    for when in calendar:
        if holds(when):
            if not previous:
                found.append({"from": when.isoformat(), "to": when.isoformat()})
            found[-1]["to"] = when.isoformat()
            previous = True
        else:
            previous = False
    return found


def repeats(run: dict[str, Any], day: Callable[[date], Findings]) -> list[str]:
    """The criteria that lapse somewhere in the run."""
    first, last = date.fromisoformat(run["from"]), date.fromisoformat(run["to"])
    when = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return [
        criterion
        for criterion in CRITERIA
        if any(day(each)[criterion].verdict == UNKNOWN for each in when)
    ]
