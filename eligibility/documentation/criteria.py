"""``docs/criteria.md``: every criterion with its place, its words, its logic, its data and the policy it uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from eligibility.answers import policy_used
from eligibility.protocols import get
from eligibility.rules.case import Case
from eligibility.rules.criterion import Attestable, Criterion
from eligibility.rules.protocol import Protocol
from eligibility.rules.record import Record
from patients.facts import Facts, Person

_TRIAL = "NCT00514085"
_ANY_DAY = date(2000, 1, 1)
"""The policy shown does not depend on the day of a record."""

_INTRODUCTION = """\
# The criteria of {trial}

Generated from `eligibility/protocols/{folder}/` by `manage.py generate_docs`; do not edit.

*{title}.* Protocol version `{version}`, digest `{digest}`.

Each criterion stands at its place in the registry record: `section/bullet.sub-bullet`. The registry names no time
windows; those below are *protocol policy*, which a site may tighten and never loosen. A verdict is met, not met,
unknown or not applicable; "by absence" means that nothing is on record where the text asks for nothing known, and
that a person has to confirm it before anything is signed.

## Policy

| name | default | what it concerns |
|---|---|---|
"""


def criteria_document() -> str:
    """The whole document as Markdown."""
    protocol = get(_TRIAL)
    return "\n".join(_lines(protocol)) + "\n"


def _lines(protocol: Protocol) -> Iterator[str]:
    head = _INTRODUCTION.format(
        trial=protocol.trial,
        folder=protocol.trial.lower(),
        title=protocol.title,
        version=protocol.version,
        digest=protocol.digest(),
    )
    yield head.rstrip("\n")
    for window in protocol.policy.windows:
        yield f"| `{window.name}` | {window.days} days | {window.title} |"
    for switch in protocol.policy.switches:
        yield f"| `{switch.name}` | {str(switch.value).lower()} | {switch.title} |"
    yield f"| `horizon` | {protocol.policy.horizon} days | How far ahead eligibility is worked out |"
    heading = ""
    case = protocol.case(Record(Facts(Person(""), _ANY_DAY)))
    for criterion in protocol.criteria:
        if criterion.heading != heading:
            heading = criterion.heading
            yield f"\n## {heading}"
        yield from _criterion(criterion, case)


def _criterion(criterion: Criterion, case: Case) -> Iterator[str]:
    yield f"\n### {criterion.id}\n"
    yield f"`{criterion.place}`, {criterion.type}: {criterion.title}\n"
    yield f"> {criterion.quote}\n"
    yield f"- **Requirement:** {criterion.text}"
    yield f"- **Logic:** {criterion.holds.words()}."
    yield f"- **Data:** {criterion.data}."
    yield f"- **Statement:** {_statement(criterion.attestable)}"
    if criterion.ask:
        yield f"- **Asks:** {criterion.ask}"
    used = {k: v for k, v in policy_used(criterion, case).items() if k != "attestation_validity"}
    if used:
        names = ", ".join(f"`{name}`" for name in used)
        yield f"- **Policy:** {names}."
    if criterion.permanent:
        yield "- **A failure** can never change."


def _statement(attestable: Attestable | None) -> str:
    if attestable is None:
        return "none; what is missing has to be entered as data."
    answers = ", ".join(answer.replace("_", " ") for answer in attestable.answers)
    valid = "without expiry" if attestable.validity is None else f"valid {attestable.validity} days"
    also = ""
    if attestable.investigator_on:
        reasons = ", ".join(attestable.investigator_on)
        also = f" An investigator where the reason is {reasons}."
    return f"{answers}, by the {attestable.by}, {valid}.{also}"
