"""The forty criteria on one day, every day of the horizon, and the answer as a whole."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.naive import bundle, disease, illness, labs, records, statements, therapy
from tests.naive.bundle import Refused
from tests.naive.outcomes import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Finding, together

HORIZON = 180
DEFAULTS = {"hematology": 14, "chemistry": 14, "pregnancy": 7, "imaging": 28, "ecog": 28}
CRITERIA = list(statements.ALLOWED)

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
        self.chart = records.chart(contents, date.fromisoformat(received) if received else on, zone)
        self.statements = statements.read(document.get("attestations") or [])
        self.ranges = document.get("reference_ranges") or []
        self.policy = policy(document.get("policy") or {})

    def records_say(self, criterion: str, on: date) -> Finding:
        """The verdict of the records alone (radiotherapy also weighs the statement)."""
        chart, window = self.chart, self.policy
        match criterion:
            case "age-18":
                return illness.age_18(chart, on)
            case "histology-cutaneous-melanoma":
                return disease.histology(chart, on)
            case "measurable-disease":
                return disease.measurable(chart, on, window["imaging"], window["ct_is_spiral"])
            case "nonbulky-disease":
                return disease.nonbulky(chart, on, window["imaging"])
            case "tumor-tissue-available":
                return disease.tissue(chart)
            case "no-brain-metastases":
                return disease.brain(chart, on)
            case "ecog-0-2":
                return illness.ecog(chart, on, window["ecog"])
            case "life-expectancy-12-weeks":
                return illness.alive(chart, on)
            case "granulocytes" | "platelets" | "bilirubin-normal" | "creatinine" | "ast-alt":
                return self.laboratory(criterion, on)
            case "pregnancy-test-negative":
                return illness.pregnancy_test(chart, on, window["pregnancy"])
            case "not-pregnant-or-nursing":
                return illness.not_pregnant(chart, on, window["pregnancy"])
            case "contraception":
                return self.contraception(on)
            case "no-active-infection":
                return illness.active_or_statement(chart, on, "infection")
            case "no-unstable-angina":
                return illness.active_or_statement(chart, on, "unstable angina")
            case "no-symptomatic-chf":
                return illness.only_by_statement(chart, on, "heart failure")
            case "no-cardiac-arrhythmia":
                return illness.only_by_statement(chart, on, "arrhythmia")
            case "no-limiting-psychiatric-social":
                return illness.only_by_statement(chart, on, "psychiatric")
            case "no-hemolytic-disorder":
                return illness.never_had(chart, on, "other haemolytic")
            case "no-sickle-cell-anemia":
                return illness.never_had(chart, on, "sickle-cell disease", "sickle-cell trait")
            case "no-thalassemia":
                return illness.never_had(chart, on, "thalassaemia", "thalassaemia minor")
            case "no-autoimmune-hemolytic-anemia":
                return illness.never_had(chart, on, "autoimmune haemolytic anaemia")
            case "no-other-malignancy-5y":
                return illness.other_malignancy(chart, on)
            case "no-hiv-hbv-hcv":
                return illness.viruses(chart, on)
            case "no-prior-systemic-metastatic":
                return therapy.systemic_for_metastatic(chart, on, therapy.ANTICANCER)
            case "adjuvant-immunotherapy-washout":
                return therapy.adjuvant_washout(chart, on)
            case "no-immunotherapy-metastatic":
                return therapy.systemic_for_metastatic(chart, on, {"immunotherapy"})
            case "no-immunotherapy-outside-adjuvant":
                return therapy.outside_adjuvant(chart, on)
            case "major-surgery-washout":
                return therapy.surgery_washout(chart, on)
            case "radiotherapy-washout":
                said = statements.governing(self.statements, criterion, on)
                return therapy.radiotherapy_washout(chart, on, said)
            case "investigational-anticancer-washout":
                return therapy.anticancer_washout(chart, on)
            case "no-prior-chemotherapy":
                return therapy.chemotherapy(chart, on)
            case "no-systemic-corticosteroids":
                return therapy.systemic_steroids(chart, on)
            case "topical-steroids-allowed":
                return therapy.topical_steroids(chart, on)
        return illness.needs_statement()

    def laboratory(self, criterion: str, on: date) -> Finding:
        chart = self.chart
        if criterion in ("granulocytes", "platelets"):
            names = {"granulocytes": ("granulocytes", "neutrophils"), "platelets": ("platelets",)}
            limit = Fraction(15, 10) if criterion == "granulocytes" else Fraction(100)
            found = labs.usable(chart, *names[criterion])
            judge = labs.at_least(names[criterion][-1], limit * 10**9)
            return together([labs.last_result(found, on, self.policy["hematology"], judge)])
        analytes = {
            "bilirubin-normal": (("bilirubin",), Fraction(1)),
            "creatinine": (("creatinine",), Fraction(15, 10)),
            "ast-alt": (("ast", "alt"), Fraction(25, 10)),
        }
        names, times = analytes[criterion]
        grounds = []
        for name in names:
            judge = labs.at_most_times_upper_limit(chart, name, times, self.ranges)
            found = labs.usable(chart, name)
            grounds.append(labs.last_result(found, on, self.policy["chemistry"], judge))
        return together(grounds)

    def contraception(self, on: date) -> Finding:
        """A woman stated not to be of childbearing potential needs none, by that statement."""
        finding = illness.contraception(self.chart, on)
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
            {**run, "repeat": repeats(run, case, day)}
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


def earliest(today: dict[str, Finding], day) -> str | None:
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


def runs(calendar: list[date], holds) -> list[dict[str, Any]]:
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


def repeats(run: dict[str, Any], case: Case, day) -> list[str]:
    """The criteria that lapse somewhere in the run."""
    first, last = date.fromisoformat(run["from"]), date.fromisoformat(run["to"])
    when = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return [
        criterion
        for criterion in CRITERIA
        if any(day(each)[criterion].verdict == UNKNOWN for each in when)
    ]
