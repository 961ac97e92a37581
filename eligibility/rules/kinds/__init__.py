"""The closed catalogue of statement kinds. Each module holds one kind's meaning, words and days of change together.

age             at least so many years old
latest          the latest result in a window, compared with a limit or a multiple of the upper limit of normal
lesions         measurable disease, no bulky lesion
disease         histologically confirmed melanoma, archived tumour tissue
conditions      no such condition, ever or now
malignancy      no other malignancy in the look-back
infections      no known HIV, hepatitis B or C
childbearing    pregnancy test, pregnancy and nursing, contraception
judgement       what only a person can state, of a patient alive
courses         no such course of treatment; concurrent corticosteroids
washout         time since immunotherapy, surgery, anticancer treatment
radiotherapy    time since radiotherapy, recovery, the low-dose exception

Shared by several kinds: `windowed` (the latest result), `measurements` (of lesions), `presence` (of conditions) and
`potential` (childbearing).
"""

from eligibility.rules.kinds import (
    age,
    childbearing,
    conditions,
    courses,
    disease,
    infections,
    judgement,
    latest,
    lesions,
    malignancy,
    radiotherapy,
    washout,
)

__all__ = [
    "age",
    "childbearing",
    "conditions",
    "courses",
    "disease",
    "infections",
    "judgement",
    "latest",
    "lesions",
    "malignancy",
    "radiotherapy",
    "washout",
]
