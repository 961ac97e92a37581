"""The rule language: what a protocol asks, as frozen values, and what a record answers.

Plain Python. No Django, no clock, no trial: the day is passed in, the trial is a value written in this language
(see `eligibility.protocols`), and the same facts, protocol, policy and day always give the same findings.

    verdicts      the four verdicts, three bases, closed lists of reasons, remedies and kinds of need
    days          spans of days, calendar months, three-valued "has it happened by then?"
    finding       what one statement says of one record on one day, and how several grounds combine
    record        the facts of a patient, indexed, with what people have stated
    catalogue     every named value, by its name in canonical JSON
    statement     the composable values: `& | ~`, canonical JSON, plain words
    kinds/        the closed catalogue of statement kinds
    criterion     a requirement with its place in the registry text and who may answer it
    protocol      all criteria of a trial, its policy and its digest
    outlook       the same question asked of the days ahead: timeline, windows, earliest date
"""

ENGINE = "1.0"
"""Version of the meaning of the language. It changes when the same protocol could give another finding."""
