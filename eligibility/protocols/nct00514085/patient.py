"""PATIENT CHARACTERISTICS: fitness, blood, pregnancy, other illness, and where the patient lives."""

from __future__ import annotations

from eligibility.protocols.nct00514085.illness import ILLNESS
from eligibility.protocols.nct00514085.laboratory import LABORATORY
from eligibility.protocols.nct00514085.reproduction import REPRODUCTION

PATIENT_CHARACTERISTICS = (*LABORATORY, *REPRODUCTION, *ILLNESS)
