"""Nasty but plausible evaluate documents, one for every seed.

``make(seed)`` starts mostly from a patient who meets everything and bends one to five things;
sometimes it piles up records at random. Dates lie around the days on which a verdict can turn,
codes come from all the tables, values sit on and beside the limits. Everything is invented.
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.naive import codes, dates, statements

LOINC, SNOMED = codes.LOINC, codes.SNOMED
Json = dict[str, Any]

SPECIAL_DAYS = (
    "2026-11-25 2026-02-28 2026-03-01 2027-02-28 2028-02-29 2026-05-31 2026-08-31 2026-11-08 "
    "2026-03-08 2026-12-31 2027-01-01 2026-06-30"
).split()
STEPS = (
    *(0, -1, 1, -2, -6, -7, -8, -13, -14, -15, -20, -27, -28, -29, -30, -31),
    *(5, 20, 28, 29, 45, -45, -60, -90, -120, -200, -400, -900),
)
OFFSETS = ("Z", "-05:00", "-04:00", "+00:00", "+02:00", "-08:00", "+05:30")


def encode(document: Json) -> bytes:
    """The document as JSON with its decimals written exactly as they are."""
    return _text(document).encode()


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value)


def decode(raw: bytes) -> Json:
    return json.loads(raw, parse_float=Decimal)


def concept(system: str, code: str, text: str | None = None) -> Json:
    made: Json = {"coding": [{"system": system, "code": code}]}
    if text is not None:
        made["text"] = text
    return made


class Draft:
    """A document in the making."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        if self.rng.random() < 0.4:
            self.on = date.fromisoformat(self.rng.choice(SPECIAL_DAYS))
        else:
            self.on = date(2026, 1, 1) + timedelta(days=self.rng.randrange(800))
        self.count = 0
        self.url = "urn:uuid:7d1c8a4e-0000-4000-8000-000000000001"
        self.subject = self.rng.choice(["Patient/p1", "Patient/p1", self.url])
        self.patient: Json = {"resourceType": "Patient", "id": "p1"}
        self.entries: list[Json] = [{"fullUrl": self.url, "resource": self.patient}]
        self.document: Json = {
            "on": self.on.isoformat(),
            "received_on": self.on.isoformat(),
            "time_zone": "America/Toronto",
            "bundle": {"resourceType": "Bundle", "type": "collection", "entry": self.entries},
            "attestations": [],
        }

    # chance

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, *choices):
        return self.rng.choice(choices)

    def word(self, words: str) -> str:
        return self.rng.choice(words.split())

    # dates

    def back(self, days: int) -> str:
        return (self.on - timedelta(days=days)).isoformat()

    def day(self) -> date:
        """A day beside one on which some verdict turns."""
        kind = self.rng.random()
        if kind < 0.75:
            return self.on + timedelta(days=self.rng.choice(STEPS))
        if kind < 0.9:
            turn = dates.add_months(self.on, -3)
        else:
            turn = dates.add_years(self.on, -5)
        return turn + timedelta(days=self.pick(-3, -2, -1, 0, 0, 1, 2, 3))

    def past(self) -> date:
        day = self.day()
        return day if day <= self.on else self.on - (day - self.on)

    def when(self, day: date | None = None) -> str:
        """A date as text: mostly precise, sometimes a month, a year or a time near midnight."""
        day = day or self.day()
        kind = self.rng.random()
        if kind < 0.68:
            return day.isoformat()
        if kind < 0.80:
            return day.isoformat()[:7]
        if kind < 0.86:
            return day.isoformat()[:4]
        time = self.pick("00:00:00", "03:30:00", "04:59:59", "05:00:00", "12:00:00", "23:30:00")
        if kind < 0.98:
            return f"{day}T{time}{self.pick(*OFFSETS)}"
        return f"{day}T{time}"

    def instant(self, day: date) -> str:
        return f"{day}T{self.rng.randrange(24):02}:30:00{self.pick(*OFFSETS)}"

    def timing(self, name: str) -> Json:
        """name + DateTime, name + Period (open or not), or nothing."""
        kind = self.rng.random()
        first, last = sorted((self.day(), self.day()))
        if kind < 0.35:
            return {f"{name}DateTime": self.when(self.past() if self.chance(0.8) else None)}
        write = self.when if (last - first).days > 1 else date.isoformat
        period: Json = {}
        if kind < 0.92 and not self.chance(0.1):
            period["start"] = write(first)
        if not self.chance(0.35):
            period["end"] = write(last)
        if kind < 0.96:
            return {f"{name}Period": period} if period else {}
        return {}

    # entries

    def add(self, kind: str, **elements) -> Json:
        self.count += 1
        resource: Json = {"resourceType": kind, "id": f"r{self.count}", **elements}
        if kind == "ResearchSubject":
            resource["individual"] = {"reference": self.subject}
        elif kind in ("Consent", "BodyStructure"):
            resource["patient"] = {"reference": self.subject}
        elif kind not in ("Medication", "ResearchStudy"):
            resource["subject"] = {"reference": self.subject}
        self.entries.append({"resource": resource})
        return resource

    def of_kind(self, *kinds: str) -> list[Json]:
        found = [entry["resource"] for entry in self.entries]
        return [each for each in found if each["resourceType"] in kinds]

    def attest(self, criterion: str, answer: str, ago: int, **more) -> None:
        self.document["attestations"].append(
            {
                "criterion": criterion,
                "answer": answer,
                "stated_on": self.back(ago),
                "by": "A. Person",
                **more,
            }
        )


# codes of every kind


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


def status(kind: str, code: str) -> Json:
    return concept(f"http://terminology.hl7.org/CodeSystem/condition-{kind}", code)


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


# therapy


def intent(draft: Draft) -> list[Json]:
    found = []
    for _ in range(draft.pick(0, 0, 1, 1, 1, 1, 1, 2)):
        words = "procedure-intent treatment-intent"
        url = f"http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-{draft.word(words)}"
        code = draft.pick("373846009", "373846009", "373847000", "363676003", "373808002")
        found.append({"url": url, "valueCodeableConcept": concept(SNOMED, code)})
    return found


ODD_DRUGS = (
    (codes.ATC, "L03AA02"),
    (codes.ATC, "N02BE01"),
    (codes.RXNORM, "5880"),
    (codes.RXNORM, "3098"),
    ("http://hl7.org/fhir/NamingSystem/ca-hc-din", "02410516"),
)


ATC_TAILS = {3: "AB02", 4: "A01", 5: "02", 7: ""}


def drug_code(draft: Draft, name: str | None = None) -> Json:
    name = name or draft.pick(*codes.DRUGS)
    atc, rxnorm = codes.DRUGS[name]
    kind = draft.rng.random()
    if kind < 0.05:
        system, code = draft.pick(*ODD_DRUGS)
    elif name == "targeted" and kind < 0.5:
        system, code = (
            codes.ATC,
            draft.word("L01EC01 L01EC02 L01EE01 L01FA01 L01XX01 L02BG04 L01FX05"),
        )
    elif atc and kind < 0.6:
        code = draft.word(atc)
        system, code = codes.ATC, code + ATC_TAILS[len(code)]
    else:
        system, code = codes.RXNORM, draft.word(rxnorm)
    made = concept(system, code)
    if draft.chance(0.08):
        made["coding"] += drug_code(draft)["coding"]
    return made


def route(draft: Draft) -> Json | None:
    kind = draft.rng.random()
    if kind < 0.35:
        return None
    if kind < 0.42:
        return {"text": "by mouth"}
    listed = sorted(codes.SYSTEMIC_ROUTES | codes.TOPICAL_ROUTES)
    return concept(SNOMED, draft.pick(*listed, "37161004", "12130007", "45890007"))


DRUG_STATUSES = {
    "MedicationAdministration": "in-progress completed completed stopped on-hold unknown not-done "
    "entered-in-error",
    "MedicationStatement": "active active completed completed stopped on-hold unknown intended "
    "not-taken entered-in-error",
    "MedicationRequest": "active active completed completed stopped on-hold unknown draft "
    "cancelled entered-in-error",
}


def add_drug(draft: Draft, name: str | None = None) -> Json:
    kind = draft.pick(*DRUG_STATUSES)
    made = draft.add(kind, status=draft.word(DRUG_STATUSES[kind]))
    coded = drug_code(draft, name)
    how = draft.rng.random()
    if how < 0.8:
        made["medicationCodeableConcept"] = coded
    elif how < 0.9:
        made["contained"] = [{"resourceType": "Medication", "id": "m", "code": coded}]
        made["medicationReference"] = {"reference": "#m"}
    else:
        medication = draft.add("Medication", code=coded)
        made["medicationReference"] = {"reference": f"Medication/{medication['id']}"}
    made["extension"] = intent(draft)
    if kind == "MedicationRequest":
        _finish_order(draft, made)
        return made
    made.update(draft.timing("effective"))
    if kind == "MedicationAdministration" and not any(k.startswith("effective") for k in made):
        made["effectiveDateTime"] = draft.when(draft.past())
    given_by = route(draft)
    if given_by:
        dosage = {"route": given_by}
        made["dosage"] = dosage if kind == "MedicationAdministration" else [dosage]
    return made


def _finish_order(draft: Draft, made: Json) -> None:
    words = "order order order original-order reflex-order filler-order instance-order"
    made["intent"] = draft.word(words + " proposal plan option")
    if draft.chance(0.04):
        made["doNotPerform"] = True
    if not draft.chance(0.2):
        made["authoredOn"] = draft.when(draft.past())
    instructions = []
    for _ in range(draft.pick(0, 1, 1, 1, 2)):
        one: Json = {}
        given_by = route(draft)
        if given_by:
            one["route"] = given_by
        period = draft.timing("x").get("xPeriod")
        if period:
            one["timing"] = {"repeat": {"boundsPeriod": period}}
        instructions.append(one)
    if instructions:
        made["dosageInstruction"] = instructions


def add_procedure(draft: Draft, name: str | None = None) -> Json:
    name = name or draft.pick(*codes.PROCEDURES)
    words = "completed completed completed stopped in-progress on-hold unknown not-done"
    made = draft.add(
        "Procedure",
        status=draft.word(words + " preparation entered-in-error"),
        extension=intent(draft),
    )
    snomed, cpt = codes.PROCEDURES[name]
    if cpt and draft.chance(0.3):
        made["code"] = concept(codes.CPT, draft.word(cpt))
    elif draft.chance(0.9):
        made["code"] = concept(SNOMED, draft.word(snomed))
    else:
        made["code"] = draft.pick({"text": "operation"}, concept(codes.CPT, "96413"))
        made["category"] = concept(SNOMED, draft.pick("387713003", "108290001", "103693007"))
    if draft.chance(0.1):
        made["category"] = concept(SNOMED, draft.pick("387713003", "108290001"))
    made.update(draft.timing("performed"))
    if draft.chance(0.04):
        made["performedString"] = made.pop("performedDateTime", "last year")
        made.pop("performedPeriod", None)
    return made


def add_participation(draft: Draft) -> Json:
    words = (
        "on-study-intervention on-study-intervention off-study withdrawn follow-up on-study "
        "on-study-observation candidate screening ineligible potential-candidate"
    )
    made = draft.add("ResearchSubject", status=draft.word(words))
    kind = draft.rng.random()
    if kind < 0.5:
        made["study"] = {"reference": "ResearchStudy/other"}
    elif kind < 0.6:
        made["study"] = {"reference": f"ResearchStudy/{draft.word('NCT00514085 ind.189')}"}
    elif kind < 0.7:
        made["study"] = {"identifier": {"value": draft.word("nct00514085 IND.189 NCT1")}}
    else:
        number = draft.word("NCT00514085 Ind.189 NCT00000001")
        study = draft.add("ResearchStudy", status="active", identifier=[{"value": number}])
        made["study"] = {"reference": f"ResearchStudy/{study['id']}"}
    period = draft.timing("x").get("xPeriod")
    if period:
        made["period"] = period
    return made


# results

RESULT_STATUSES = "final " * 12 + "amended corrected preliminary registered cancelled unknown "
COUNT_UNITS = (
    ("10*9/L", 1),
    ("10*3/uL", 1),
    ("10*3/mm3", 1),
    ("10*6/mL", 1),
    ("10*6/L", 1000),
    ("/uL", 1000),
    ("/mm3", 1000),
    ("{cells}/uL", 1000),
    ("10*9{cells}/L", 1),
)
COUNT_ALIASES = (("x10^9/L", 1), ("G/L", 1), ("K/uL", 1), ("cells/mm3", 1000), ("/cumm", 1000))
UNITS = {
    "granulocytes": COUNT_UNITS,
    "neutrophils": COUNT_UNITS,
    "platelets": COUNT_UNITS,
    "bilirubin": (("umol/L", 1), ("mmol/L", Decimal("0.001"))),
    "creatinine": (("umol/L", 1), ("mmol/L", Decimal("0.001"))),
    "ast": (("U/L", 1), ("kU/L", Decimal("0.001")), ("mU/mL", 1)),
    "alt": (("U/L", 1), ("kU/L", Decimal("0.001")), ("mU/mL", 1)),
}
ALIASES = {
    "bilirubin": (("\u00b5mol/L", 1), ("\u03bcmol/L", 1), ("mcmol/L", 1)),
    "creatinine": (("\u00b5mol/L", 1), ("mcmol/L", 1)),
    "ast": (("IU/L", 1),),
    "alt": (("IU/L", 1),),
}
LIMITS = {"granulocytes": "1.5", "neutrophils": "1.5", "platelets": "100"}
NORMAL_HIGH = {"bilirubin": "20", "creatinine": "90", "ast": "35", "alt": "40"}
TIMES = {"bilirubin": "1", "creatinine": "1.5", "ast": "2.5", "alt": "2.5"}
GOOD = {"granulocytes": "3.9", "neutrophils": "3.9", "platelets": "231"}


def decimal(text: str, factor: object = 1) -> Decimal:
    return (Decimal(text) * Decimal(factor)).normalize() + 0


def limit_of(analyte: str) -> Decimal:
    if analyte in LIMITS:
        return Decimal(LIMITS[analyte])
    return Decimal(NORMAL_HIGH[analyte]) * Decimal(TIMES[analyte])


def amount(draft: Draft, analyte: str, value: Decimal) -> Json:
    """A quantity of that many base units, in some unit that is understood."""
    if draft.chance(0.2):
        unit, factor = draft.pick(*ALIASES.get(analyte, COUNT_ALIASES))
        return {"value": decimal(str(value), factor), "unit": unit}
    unit, factor = draft.pick(*UNITS[analyte])
    made = {"value": decimal(str(value), factor), "unit": unit}
    if draft.chance(0.7):
        made.update(system="http://unitsofmeasure.org", code=unit)
        if draft.chance(0.1):
            made["unit"] = "something else"
    return made


def add_lab(draft: Draft, analyte: str, *, good: bool = False) -> Json:
    words = "final" if good else RESULT_STATUSES
    code = draft.word(codes.OBSERVATIONS[analyte])
    made = draft.add("Observation", status=draft.word(words), code=concept(LOINC, code))
    if good:
        made["effectiveDateTime"] = draft.back(draft.pick(0, 1, 3, 7))
        value = Decimal(GOOD.get(analyte) or NORMAL_HIGH[analyte]) * Decimal("0.75")
        if analyte in GOOD:
            value = Decimal(GOOD[analyte])
    else:
        _add_collection(draft, made)
        limit = limit_of(analyte)
        value = draft.pick(
            limit, limit + Decimal("0.001"), limit - Decimal("0.001"), limit * 2, limit / 2, limit
        )
    made["valueQuantity"] = amount(draft, analyte, value)
    if analyte in NORMAL_HIGH and (good or not draft.chance(0.15)):
        made["referenceRange"] = [own_range(draft, analyte, Decimal(NORMAL_HIGH[analyte]))]
    if not good:
        _bend_value(draft, made)
        if analyte in NORMAL_HIGH and draft.chance(0.4):
            _bend_ranges(draft, made, analyte)
        if draft.chance(0.2):
            made["performer"] = [{"display": draft.pick("Lab  A", "lab a", "Lab B")}]
    return made


def _add_collection(draft: Draft, made: Json) -> None:
    kind = draft.rng.random()
    recent = draft.on - timedelta(days=draft.pick(0, 0, 1, 6, 7, 8, 13, 14, 15, 16, -1, -3, -9))
    if kind < 0.8:
        made["effectiveDateTime"] = draft.when(recent)
    elif kind < 0.88:
        made["effectivePeriod"] = {
            "start": (recent - timedelta(days=draft.pick(2, 3))).isoformat(),
            "end": draft.when(recent),
        }
    elif kind < 0.92:
        made["effectivePeriod"] = {"start": draft.when(recent)}
    elif kind < 0.96:
        made["effectiveInstant"] = draft.instant(recent)
    if draft.chance(0.4):
        made["issued"] = draft.instant(recent + timedelta(days=draft.pick(0, 0, 1, 5)))


def _bend_value(draft: Draft, made: Json) -> None:
    value = made["valueQuantity"]
    kind = draft.rng.random()
    if kind < 0.12:
        value["comparator"] = draft.pick("<", "<=", ">", ">=")
    elif kind < 0.17:
        for name in ("unit", "system", "code"):
            value.pop(name, None)
    elif kind < 0.22:
        value.pop("code", None)
        value["unit"] = draft.pick("%", "mg/dL", "IU/L", "10*9/l", "g/L", "mg/L")
    elif kind < 0.26:
        value["value"] = value["value"] * draft.pick(1000, 10000)
    elif kind < 0.28:
        value["value"] = draft.pick(Decimal(0), 0)
    elif kind < 0.31:
        made["valueQuantity"]["value"] = str(value["value"])
    elif kind < 0.34:
        del made["valueQuantity"]
        made["valueString"] = "see comment"
    elif kind < 0.4:
        del made["valueQuantity"]
        made["dataAbsentReason"] = concept("http://local.example", "error", "haemolysed")


def own_range(draft: Draft, analyte: str, high: Decimal) -> Json:
    made: Json = {"high": amount(draft, analyte, high)}
    if draft.chance(0.1):
        made["high"] = {"value": decimal(str(high))}
    if draft.chance(0.3):
        made["low"] = amount(draft, analyte, high / 4)
    return made


MEANING = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"


def _bend_ranges(draft: Draft, made: Json, analyte: str) -> None:
    ranges = made.setdefault("referenceRange", [])
    for _ in range(draft.pick(1, 1, 2)):
        high = Decimal(NORMAL_HIGH[analyte]) * draft.pick(1, 1, 2, Decimal("0.5"))
        one = own_range(draft, analyte, high)
        if draft.chance(0.2):
            one["type"] = concept(MEANING, draft.pick("normal", "therapeutic"))
        if draft.chance(0.4):
            one["appliesTo"] = [
                draft.pick(
                    concept(codes.GENDER, "male"),
                    concept(codes.GENDER, "female"),
                    concept(SNOMED, "248153007"),
                    concept(SNOMED, "248152002"),
                    concept("http://local.example", "pregnant"),
                )
            ]
        if draft.chance(0.3):
            one["age"] = {draft.pick("low", "high"): {"value": draft.pick(18, 42, 60)}}
            if draft.chance(0.6):
                limit = next(iter(one["age"].values()))
                limit.update(unit="a" if draft.chance(0.7) else "mo")
        if draft.chance(0.08):
            one["high"] = {"value": decimal("1.2"), "unit": "mg/dL"}
        ranges.append(one)
    if draft.chance(0.3):
        del ranges[0]


QUALITATIVE = (
    {"valueCodeableConcept": concept(SNOMED, "260385009")},
    {"valueCodeableConcept": concept(SNOMED, "260415000")},
    {"valueCodeableConcept": concept(SNOMED, "10828004")},
    {"valueCodeableConcept": concept(SNOMED, "260373001")},
    {"valueString": "Negative"},
    {"valueString": "Not detected"},
    {"valueString": "NON-REACTIVE"},
    {"valueString": "positive"},
    {"valueString": "Detected"},
    {"valueString": "weakly positive"},
    {"valueString": "indeterminate"},
    {"valueQuantity": {"value": 3, "unit": "mIU/mL"}},
    {"dataAbsentReason": {"text": "haemolysed"}},
)
NUMBERS = (
    {"valueQuantity": {"value": 0, "unit": "[IU]/mL"}},
    {"valueQuantity": {"value": 150, "unit": "[IU]/mL"}},
    {"valueQuantity": {"value": 15, "comparator": "<", "unit": "[IU]/mL"}},
    {"valueQuantity": {"value": 0, "comparator": ">", "unit": "[IU]/mL"}},
    {"valueQuantity": {"value": 10, "comparator": ">="}},
)


def add_test(draft: Draft, analyte: str) -> Json:
    code = draft.word(codes.OBSERVATIONS[analyte])
    made = draft.add("Observation", status=draft.word(RESULT_STATUSES), code=concept(LOINC, code))
    _add_collection(draft, made)
    if analyte in ("hcv rna", "hbv dna") and draft.chance(0.5):
        made.update(json.loads(json.dumps(draft.pick(*NUMBERS))))
    else:
        made.update(json.loads(json.dumps(draft.pick(*QUALITATIVE))))
    if analyte not in ("pregnancy test, qualitative",) and draft.chance(0.3):
        made["effectiveDateTime"] = draft.when(draft.past())
        made.pop("effectivePeriod", None)
        made.pop("effectiveInstant", None)
    return made


def add_quantitative_hcg(draft: Draft) -> Json:
    code = draft.word(codes.OBSERVATIONS["pregnancy test, quantitative"])
    made = draft.add("Observation", status=draft.word(RESULT_STATUSES), code=concept(LOINC, code))
    _add_collection(draft, made)
    ucum = {"system": "http://unitsofmeasure.org"}
    unit = {"unit": "IU/L", "code": "[IU]/L", **ucum}
    made["valueQuantity"] = {"value": draft.pick(1, 5, decimal("5.01"), 250), **unit}
    if draft.chance(0.15):
        made["valueQuantity"]["comparator"] = draft.pick("<", "<=", ">", ">=")
    if draft.chance(0.05):
        del made["valueQuantity"]
        made["valueString"] = "negative"
    high = draft.pick(unit, unit, unit, {}, {"unit": "mIU/mL", "code": "m[IU]/mL", **ucum})
    if not draft.chance(0.2):
        made["referenceRange"] = [{"high": {"value": 5, **high}}]
    return made


def add_pregnancy_status(draft: Draft) -> Json:
    made = draft.add(
        "Observation", status=draft.word(RESULT_STATUSES), code=concept(LOINC, "82810-3")
    )
    _add_collection(draft, made)
    value = draft.pick("77386006", "60001007", "60001007", "261665006")
    made["valueCodeableConcept"] = concept(SNOMED, value)
    return made


def add_ecog(draft: Draft) -> Json:
    made = draft.add(
        "Observation", status=draft.word(RESULT_STATUSES), code=concept(LOINC, "89247-1")
    )
    _add_imaging_day(draft, made)
    kind = draft.rng.random()
    score = draft.pick(0, 0, 1, 2, 2, 3, 3, 4, 5, 7)
    if kind < 0.4:
        made["valueInteger"] = score
    elif kind < 0.6:
        made["valueQuantity"] = {"value": score}
        if draft.chance(0.5):
            made["valueQuantity"]["unit"] = draft.pick("{score}", "mm")
    elif kind < 0.9:
        made["valueCodeableConcept"] = concept(LOINC, draft.pick(*codes.ECOG_ANSWERS, "LA1-1"))
    elif kind < 0.95:
        made["valueString"] = "1"
    else:
        made["dataAbsentReason"] = {"text": "not asked"}
    return made


def _add_imaging_day(draft: Draft, made: Json) -> None:
    days = draft.on - timedelta(days=draft.pick(0, 1, 3, 15, 27, 28, 28, 29, 29, 30, 60, 90, -2))
    if not draft.chance(0.04):
        made["effectiveDateTime"] = draft.when(days)
    if draft.chance(0.3):
        made["issued"] = draft.instant(days + timedelta(days=draft.pick(0, 2)))


METHODS = (
    concept(SNOMED, "363680008"),
    concept(SNOMED, "399208008"),
    concept(SNOMED, "5880005"),
    concept(SNOMED, "77477000", "Spiral CT of the chest"),
    concept(SNOMED, "77477000", "helical CT"),
    concept(SNOMED, "77477000", "Non-spiral CT"),
    concept(SNOMED, "77477000", "nonhelical CT"),
    concept(SNOMED, "77477000"),
    concept(SNOMED, "77477000", "CT thorax"),
    concept(SNOMED, "113091000"),
    concept(SNOMED, "16310003"),
    concept(SNOMED, "82918005"),
)
SIZES = "10 9.999 10.001 20 19.999 20.001 50 50.001 49.999 15 24 60 5 0 501"


def add_lesion(draft: Draft, *, good: bool = False) -> Json:
    value: Json = {"valueQuantity": {"value": Decimal("24"), "unit": "mm"}}
    made = draft.add("Observation", status="final" if good else draft.word(RESULT_STATUSES))
    if good:
        made.update(code=concept(LOINC, "21889-1"), effectiveDateTime=draft.back(15))
        made["component"] = [{"code": concept(LOINC, "33728-7"), **value}]
        made["method"] = METHODS[0]
        return made
    _add_imaging_day(draft, made)
    size = Decimal(draft.word(SIZES))
    quantity = value["valueQuantity"]
    quantity["value"] = size
    if draft.chance(0.3):
        quantity.update(value=size / 10, unit="cm")
    if draft.chance(0.1):
        quantity["comparator"] = draft.pick("<", "<=", ">", ">=")
    if draft.chance(0.05):
        value = draft.pick(
            {"valueQuantity": {"value": size}},
            {"valueString": "2 cm"},
            {"valueQuantity": {"value": "24", "unit": "mm"}},
            {"dataAbsentReason": {"text": "not measurable"}},
        )
    if draft.chance(0.4):
        made.update(code=concept(LOINC, "33728-7"), **value)
    else:
        made["code"] = concept(LOINC, "21889-1")
        made["component"] = [{"code": concept(LOINC, "33728-7"), **value}]
        if draft.chance(0.3):
            other = {"valueQuantity": {"value": 90, "unit": "mm"}}
            made["component"].insert(0, {"code": concept(LOINC, "33729-5"), **other})
    if not draft.chance(0.15):
        made["method"] = draft.pick(*METHODS)
    _add_lesion_place(draft, made)
    return made


def _add_lesion_place(draft: Draft, made: Json) -> None:
    kind = draft.rng.random()
    if kind < 0.35:
        made["focus"] = [{"reference": f"BodyStructure/{draft.word('b1 b2')}"}]
        if not draft.of_kind("BodyStructure") or draft.chance(0.1):
            for name in ("b1", "b2"):
                site = "12738006" if draft.chance(0.1) else "10200004"
                draft.add("BodyStructure", location=concept(SNOMED, site))["id"] = name
    elif kind < 0.7:
        site = draft.pick("10200004", "10200004", "39607008", "83678007")
        made["bodySite"] = concept(SNOMED, site)
    if draft.chance(0.05):
        made["specimen"] = {"reference": "Specimen/s1"}


MORPHOLOGIES = "8720/3 87203 8743/3 8720/2 8720/0 8090/3 8790/3 8800/3"


def add_histology(draft: Draft) -> Json:
    value = concept(draft.pick(*codes.ICDO3), draft.word(MORPHOLOGIES))
    if draft.chance(0.6):
        made = draft.add("Observation", status=draft.word(RESULT_STATUSES))
        made.update(code=concept(LOINC, "31206-6"), valueCodeableConcept=value)
    else:
        words = "final final amended corrected preliminary partial cancelled entered-in-error"
        made = draft.add("DiagnosticReport", status=draft.word(words))
        made["code"] = concept(LOINC, draft.pick("22637-3", "11526-1", "24604-1"))
        value = draft.pick(
            value, condition_code(draft, "cutaneous melanoma"), concept(SNOMED, "1197324006")
        )
        made["conclusionCode"] = [value]
    if not draft.chance(0.1):
        made["effectiveDateTime"] = draft.when()
    return made


def add_specimen(draft: Draft) -> Json:
    made = draft.add("Specimen")
    made["status"] = draft.word("available available unavailable unsatisfactory entered-in-error")
    made["type"] = draft.pick(
        concept(SNOMED, codes.FFPE),
        concept("http://terminology.hl7.org/CodeSystem/v2-0487", "TUMOR"),
    )
    return made


# statements

AGES = (0, 0, 1, 5, 6, 7, 8, 20, 27, 28, 29, 30, 60, 90, 400, -1, -5, -30)


def add_statement(draft: Draft, criterion: str | None = None) -> None:
    criterion = criterion or draft.pick(*statements.ALLOWED)
    answer = draft.pick("met", "met", "met", "not_met", "not_applicable")
    more: Json = {}
    if criterion == "radiotherapy-washout" and draft.chance(0.4):
        more["detail"] = "low-dose-exception"
    draft.attest(criterion, answer, draft.pick(*AGES), **more)


def add_statements(draft: Draft) -> None:
    """Several statements about criteria that records often leave open."""
    chosen = draft.pick(*OFTEN_OPEN)
    for _ in range(draft.pick(1, 2, 2, 3)):
        add_statement(draft, chosen)


def grow_old(draft: Draft) -> None:
    """The first results or statements were longer ago."""
    if draft.chance(0.5):
        for result in draft.rng.sample(draft.of_kind("Observation"), k=1):
            result["effectiveDateTime"] = draft.back(draft.pick(7, 8, 14, 15, 28, 29))
            result.pop("effectivePeriod", None)
            result.pop("effectiveInstant", None)
    elif draft.document["attestations"]:
        old = draft.pick(*draft.document["attestations"])
        old["stated_on"] = draft.back(draft.pick(7, 8, 28, 29, 60))


OFTEN_OPEN = (
    "histology-cutaneous-melanoma measurable-disease nonbulky-disease no-brain-metastases "
    "not-pregnant-or-nursing pregnancy-test-negative contraception no-active-infection "
    "no-symptomatic-chf no-cardiac-arrhythmia no-limiting-psychiatric-social "
    "no-other-malignancy-5y no-hiv-hbv-hcv no-prior-systemic-metastatic "
    "adjuvant-immunotherapy-washout no-immunotherapy-metastatic "
    "no-immunotherapy-outside-adjuvant major-surgery-washout radiotherapy-washout "
    "investigational-anticancer-washout no-prior-chemotherapy no-systemic-corticosteroids "
    "life-expectancy-12-weeks"
).split()
NEEDED = (
    "recurrent-or-metastatic-incurable life-expectancy-12-weeks not-pregnant-or-nursing "
    "contraception no-uncontrolled-illness no-active-infection no-symptomatic-chf "
    "no-unstable-angina no-cardiac-arrhythmia no-limiting-psychiatric-social within-2-hour-drive"
).split()
LABS = ("neutrophils", "platelets", "bilirubin", "creatinine", "ast", "alt")


# whole patients


def base(draft: Draft) -> None:
    """A patient who meets every criterion on the day."""
    draft.patient.update(birthDate="1984-05-17", gender=draft.pick("male", "female"))
    melanoma = draft.add("Condition", code=concept(codes.ICD10CM, "C43.59"))
    melanoma["clinicalStatus"] = status("clinical", "active")
    melanoma["verificationStatus"] = status("ver-status", "confirmed")
    melanoma["onsetDateTime"] = "2024-10-02"
    histology = draft.add("Observation", status="final", code=concept(LOINC, "31206-6"))
    histology["valueCodeableConcept"] = concept(codes.ICDO3[0], "8720/3")
    histology["effectiveDateTime"] = "2024-10-09"
    draft.add("Specimen", status="available", type=concept(SNOMED, codes.FFPE))
    add_lesion(draft, good=True)
    ecog = draft.add("Observation", status="final", code=concept(LOINC, "89247-1"))
    ecog.update(valueInteger=draft.pick(0, 1, 2), effectiveDateTime=draft.back(7))
    for analyte in LABS:
        add_lab(draft, analyte, good=True)
    if draft.patient["gender"] == "female":
        test = draft.add("Observation", status="final", code=concept(LOINC, "2106-3"))
        test.update(
            valueCodeableConcept=concept(SNOMED, "260385009"), effectiveDateTime=draft.back(3)
        )
    for criterion in NEEDED:
        draft.attest(criterion, "met", draft.pick(0, 1, 5))


def bend_patient(draft: Draft) -> None:
    patient = draft.patient
    kind = draft.rng.random()
    if kind < 0.3:
        eighteenth = dates.add_years(draft.on, -18)
        patient["birthDate"] = draft.pick(
            eighteenth.isoformat(),
            (eighteenth + timedelta(days=draft.pick(-1, 1, 20))).isoformat(),
            eighteenth.isoformat()[:7],
            eighteenth.isoformat()[:4],
            "2008-02-29",
            "1984",
        )
    elif kind < 0.35:
        patient.pop("birthDate", None)
    elif kind < 0.45:
        patient["gender"] = draft.pick("other", "unknown", "male", "female")
    elif kind < 0.5:
        patient.pop("gender", None)
    elif kind < 0.75:
        patient["extension"] = draft.rng.sample(
            [
                {"url": BIRTHSEX, "valueCode": draft.pick("F", "M", "UNK")},
                {"url": SEX, "valueCode": draft.pick("248152002", "248153007")},
            ],
            k=draft.pick(1, 1, 2),
        )
    elif kind < 0.9:
        patient.pop("deceasedBoolean", None)
        patient["deceasedDateTime"] = draft.when()
    elif "deceasedDateTime" not in patient:
        patient["deceasedBoolean"] = draft.chance(0.6)


BIRTHSEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex"


def bend_envelope(draft: Draft) -> None:
    document = draft.document
    kind = draft.rng.random()
    if kind < 0.35:
        document["received_on"] = (draft.on + timedelta(draft.pick(-3, -1, 1, 10, 40))).isoformat()
    elif kind < 0.4:
        del document["received_on"]
    elif kind < 0.5:
        document["time_zone"] = draft.pick("America/Vancouver", "Europe/Zurich", "UTC")
    elif kind < 0.75:
        name = draft.pick("hematology", "chemistry", "pregnancy", "imaging", "ecog")
        default = {"pregnancy": 7, "imaging": 28, "ecog": 28}.get(name, 14)
        step = draft.pick(0, 1, 7) if draft.chance(0.9) else -1
        document.setdefault("policy", {})[name] = default - step
    else:
        document.setdefault("policy", {})["ct_is_spiral"] = True


def bend_ranges(draft: Draft) -> None:
    """Site reference ranges, and one result without its own range to use them."""
    analyte = draft.pick("bilirubin", "creatinine", "ast", "alt")
    result = add_lab(draft, analyte)
    if draft.chance(0.9):
        result.pop("referenceRange", None)
    rows = draft.document.setdefault("reference_ranges", [])
    for _ in range(draft.pick(1, 2, 3)):
        unit, factor = draft.pick(*UNITS[analyte])
        high = Decimal(NORMAL_HIGH[analyte]) * draft.pick(1, 1, 2)
        row: Json = {
            "analyte": analyte,
            "sex": draft.pick("any", "female", "male"),
            "high": str(decimal(str(high), factor)),
            "unit": unit if draft.chance(0.9) else "mg/dL",
        }
        if draft.chance(0.3):
            row[draft.pick("age_low", "age_high")] = draft.pick(18, 42, 60)
        if draft.chance(0.3):
            row["laboratory"] = draft.pick("LAB A", "Lab B")
        if draft.chance(0.3):
            row[draft.pick("from", "to")] = draft.day().isoformat()
        rows.append(row)


def bend_copy(draft: Draft) -> None:
    """A second result beside one that is there: tied, another version, a repeated identity."""
    results = draft.of_kind("Observation")
    if not results:
        return
    first = draft.pick(*results)
    second = json.loads(_text(first), parse_float=Decimal)
    kind = draft.rng.random()
    if kind < 0.4:
        draft.count += 1
        second["id"] = f"r{draft.count}"
        if draft.chance(0.3):
            second["code"] = first["code"]
    elif kind < 0.75:
        draft.count += 1
        second["id"] = f"r{draft.count}"
        number = {"system": "http://lab.example", "value": f"n{draft.count}"}
        first["identifier"] = second["identifier"] = [number]
        second["status"] = draft.word("final corrected preliminary cancelled entered-in-error")
    elif draft.chance(0.5):
        first["meta"] = {"lastUpdated": f"{draft.back(draft.pick(0, 1))}T10:00:00Z"}
        second["meta"] = {"lastUpdated": f"{draft.back(draft.pick(0, 1))}T11:00:00Z"}
    for each in (first, second):
        if draft.chance(0.4):
            each["issued"] = draft.instant(draft.on - timedelta(days=draft.pick(0, 1, 2)))
    _change_value(draft, second)
    draft.entries.append({"resource": second})


def _change_value(draft: Draft, result: Json) -> None:
    quantity = result.get("valueQuantity")
    if isinstance(quantity, dict) and isinstance(quantity.get("value"), (int, Decimal)):
        quantity["value"] = quantity["value"] * draft.pick(1, 2, 4, Decimal("0.25"))
    elif "valueInteger" in result:
        result["valueInteger"] = draft.pick(1, 3)
    elif "valueCodeableConcept" in result and draft.chance(0.5):
        result["valueCodeableConcept"] = concept(SNOMED, "10828004")


def bend_drop(draft: Draft) -> None:
    """Something that was there is missing."""
    statements_made = draft.document["attestations"]
    if statements_made and draft.chance(0.4):
        statements_made.remove(draft.pick(*statements_made))
    elif len(draft.entries) > 2:
        draft.entries.remove(draft.pick(*draft.entries[1:]))


def bend_set_aside(draft: Draft) -> None:
    others = [
        e for e in draft.of_kind("Condition", "Procedure", "Observation", "MedicationRequest")
    ]
    if others:
        each = draft.pick(*others)
        aside = draft.document.setdefault("set_aside", [])
        aside.append(f"{each['resourceType']}/{each['id']}")


def bend_identity(draft: Draft) -> None:
    """Rare trouble with the bundle itself."""
    kind = draft.rng.random()
    if kind < 0.2:
        draft.add("Condition", code=condition_code(draft))["subject"] = {"reference": "Patient/px"}
    elif kind < 0.3:
        draft.entries.append({"resource": {"resourceType": "Patient", "id": "p2"}})
    elif kind < 0.35:
        draft.entries.pop(0)
    elif kind < 0.6:
        made = draft.add("Condition", code=condition_code(draft, "brain metastasis"))
        del made["subject"]
    elif kind < 0.7:
        made = add_drug(draft, "chemotherapy")
        made["status"] = "given"
    elif kind < 0.8:
        made = add_lab(draft, "platelets")
        made["effectiveDateTime"] = "2026-13-01"
    if draft.chance(0.5):
        draft.document["bundle"]["type"] = draft.pick("transaction", "batch", "searchset")


STEROIDS = ("steroid, systemic", "steroid, topical", "steroid, either")
TESTS = (
    "pregnancy test, qualitative",
    "pregnancy test, qualitative",
    "hbsag",
    "anti-hcv",
    "hiv screen",
    "hcv rna",
    "hbv dna",
)
BENDS = (
    (10, add_condition),
    (3, lambda d: add_condition(d, d.pick("hepatitis b", "hepatitis c", "hiv"))),
    (3, lambda d: add_condition(d, d.pick("pregnancy", "lactation", "postmenopausal"))),
    (3, lambda d: add_condition(d, d.pick("other solid tumour", "haematological malignancy"))),
    (2, lambda d: add_condition(d, d.pick("non-melanoma skin cancer", "cervix in situ"))),
    (3, lambda d: add_condition(d, d.pick("infection", "arrhythmia", "heart failure"))),
    (2, lambda d: add_condition(d, d.pick("secondary cancer", "brain metastasis"))),
    (2, lambda d: add_condition(d, d.pick("melanoma in situ", "non-cutaneous melanoma"))),
    (8, add_drug),
    (4, lambda d: add_drug(d, "immunotherapy")),
    (5, lambda d: add_drug(d, d.pick(*STEROIDS))),
    (6, add_procedure),
    (4, lambda d: add_procedure(d, "radiotherapy")),
    (3, lambda d: add_procedure(d, "major surgery")),
    (3, add_participation),
    (10, lambda d: add_lab(d, d.pick(*LABS, "granulocytes"))),
    (5, lambda d: add_test(d, d.pick(*TESTS))),
    (2, add_quantitative_hcg),
    (2, add_pregnancy_status),
    (3, add_ecog),
    (7, add_lesion),
    (2, add_histology),
    (1, add_specimen),
    (5, add_statement),
    (14, add_statements),
    (3, lambda d: d.of_kind("Observation") and grow_old(d)),
    (3, lambda d: add_statement(d, "radiotherapy-washout")),
    (2, lambda d: add_statement(d, "pregnancy-test-negative")),
    (4, bend_patient),
    (4, bend_envelope),
    (3, bend_ranges),
    (5, bend_copy),
    (3, bend_drop),
    (2, bend_set_aside),
    (1, bend_identity),
)


def make(seed: int) -> Json:
    """The evaluate document of the seed; the same seed always gives the same document."""
    draft = Draft(seed)
    weights = [weight for weight, _ in BENDS]
    if draft.chance(0.85):
        base(draft)
        rounds = draft.rng.randint(1, 5)
    else:
        draft.patient.update(birthDate="1984-05-17", gender=draft.pick("male", "female"))
        rounds = draft.rng.randint(4, 22)
    for _ in range(rounds):
        bend = draft.rng.choices(BENDS, weights)[0][1]
        for _ in range(draft.pick(1, 1, 1, 2)):
            bend(draft)
    return decode(encode(draft.document))
