"""Invented conditions of every class, with every kind of status and date."""

from __future__ import annotations

from tests.differential.draft import (
    SNOMED,
    Draft,
    Json,
    concept,
    status,
)
from tests.naive import codes


def _icd_code(draft: Draft, patterns: str) -> str:
    pattern = draft.word(patterns)
    if pattern.startswith("="):
        return pattern[1:]
    if "-" in pattern:
        low, high = pattern.split("-")
        if "." in low:
            return low[:-1] + str(draft.rng.randrange(int(low[-1]), int(high[-1]) + 1))
        last = high[1:] if high[1:].isdigit() else "99"
        number = draft.rng.randrange(int(low[1:]), int(last) + 1)
        letter = low[0] if low[0] == high[0] or draft.chance(0.5) else high[0]
        if letter != low[0]:
            number = draft.rng.randrange(0, int(last) + 1)
        return f"{letter}{number:02}"
    return pattern


def _lengthened(draft: Draft, code: str) -> str:
    if draft.chance(0.5) and len(code) < 7:
        tail = draft.pick("0", "1", "2", "9")
        code = code + (tail if "." in code else f".{tail}")
    if draft.chance(0.15):
        code = code.replace(".", "")
    return code


def condition_code(draft: Draft, name: str | None = None) -> Json:
    name = name or draft.pick(*codes.CONDITIONS)
    icd, _, snomed = codes.CONDITIONS[name]
    made: list[Json] = []
    if icd and (not snomed or draft.chance(0.6)):
        system = codes.ICD10CM if draft.chance(0.8) else codes.ICD10
        pattern = _icd_code(draft, icd)
        exact = any(("=" + pattern) == each for each in icd.split())
        made.append({"system": system, "code": pattern if exact else _lengthened(draft, pattern)})
    else:
        made.append({"system": SNOMED, "code": draft.word(snomed)})
    if draft.chance(0.06):
        made += condition_code(draft)["coding"]
    if draft.chance(0.1):
        made.insert(0, {"system": "http://hospital.example/local", "code": "X1"})
    return {"coding": made}


ODD_CONDITIONS = ("D37.1", "I10", "K21.9", "D56.4", "Z85.820", "Z86.006", "Z92.25", "C79.49")


def add_condition(draft: Draft, name: str | None = None) -> Json:
    if name is None and draft.chance(0.06):
        coded = concept(codes.ICD10CM, draft.pick(*ODD_CONDITIONS))
    else:
        coded = condition_code(draft, name)
    made = draft.add("Condition", code=coded)
    if not draft.chance(0.12):
        words = "active active active recurrence relapse inactive remission resolved"
        made["clinicalStatus"] = status("clinical", draft.word(words))
    kind = draft.rng.random()
    if kind < 0.55:
        made["verificationStatus"] = status("ver-status", "confirmed")
    elif kind < 0.8:
        words = "unconfirmed provisional differential refuted entered-in-error suspected"
        made["verificationStatus"] = status("ver-status", draft.word(words))
    _add_condition_dates(draft, made)
    if draft.chance(0.15):
        site = draft.pick(*sorted(codes.BRAIN_SITES)) if draft.chance(0.7) else "10200004"
        made["bodySite"] = [concept(SNOMED, site)]
    return made


def _add_condition_dates(draft: Draft, made: Json) -> None:
    kind = draft.rng.random()
    if kind < 0.6:
        made["onsetDateTime"] = draft.when()
    elif kind < 0.7:
        made["onsetPeriod"] = {"start": draft.when()}
    elif kind < 0.76:
        made["onsetString"] = "long ago"
    kind = draft.rng.random()
    if kind < 0.3:
        made["abatementDateTime"] = draft.when()
    elif kind < 0.36:
        made["abatementPeriod"] = draft.pick({"end": draft.when()}, {"start": draft.when()})
    elif kind < 0.4:
        made["abatementString"] = "in spring"
    if draft.chance(0.5):
        made["recordedDate"] = draft.when(draft.past())
