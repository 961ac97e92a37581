"""``docs/workflow.md``: the states of a screening episode, what leads from one to another, and why an episode ends."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.models import CLOSED, OPEN, Repeated, State
from eligibility.workflow import FHIR_STATUS, REASONS, TABLE, Act, Transition

_INTRODUCTION = """\
# The states of a screening

Generated from `eligibility/workflow.py` by `manage.py generate_docs`; do not edit.

An episode is one patient in one trial, from candidate to registered or closed. Every transition is one event that is
added and never edited: who, when, why, from, to. What is not in this table is refused, on the page and over the API in
the same sentence; who may do what, and when, is said by `eligibility/policies.py`.

![A screening: what is done, what is next, and if it may not be, the sentence why](images/signature-voided.png)

The pages of every step, in the order of a day: [tour.md](tour.md).
"""
_BY: dict[Act, str] = {
    Act.OPEN: "the system, for a living adult with the disease on record; or a person of the site",
    Act.RESCREEN: "a person of the site, with the reason",
    Act.START: "a person of the site",
    Act.CONFIRM: "who is delegated to confirm, for the record as it was seen",
    Act.RETURN: "an investigator who is delegated to sign, with the reason",
    Act.SIGN: "an investigator who is delegated to sign and has not confirmed, with the password again, or a passkey",
    Act.VOID: "the system, when a fact that was used changes or a new one changes a verdict",
    Act.REGISTER: "a person of the site: in the window, with consent, while there are places",
    Act.CLOSE: "a person of the site, for a coded reason",
}


_RETESTS = """
## Results repeated after a failure

An episode that follows another (`rescreen`) is compared with the assessment that the other one stood on when it was
closed. A criterion that was not met in it, and is decided now by something that was not on record then (another result,
a corrected one, another answer of a person), is a **retest**. Time alone repeats nothing: a wash-out that has ended is
decided by the same records. Nor does setting a record aside, which has a reason of its own. Each retest needs a reason
before the episode can be confirmed: a code of this list, and words, which `other` cannot be without. One reason is
enough for a criterion and episode, also where the result is repeated once more; it names the results it was given for.
A later one may be added until the episode is confirmed, and the last one counts. The investigator reads all of it
before signing; the monitor reads the criteria and the codes in the screening log, never the words. What fails and is
repeated within one episode is no retest: nobody has decided on that failure.

| reason | in words |
|---|---|"""


def workflow_document() -> str:
    """The whole document as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    yield "```mermaid"
    yield from _diagram()
    yield "```"
    yield "\nThe same as a table:\n"
    yield "| act | button | from | to | by |"
    yield "|---|---|---|---|---|"
    for each in TABLE:
        verb = "–" if each.act is Act.VOID else f"{each.verb}"
        yield f"| `{each.act}` | {verb} | {_names(each.sources)} | {_names(each.targets)} | {_BY[each.act]} |"
    yield "\n## Ways to end, and their reasons\n"
    yield "| state | reason | in words |"
    yield "|---|---|---|"
    for state, reasons in REASONS.items():
        for code, words in reasons.items():
            yield f"| `{state}` | `{code}` | {words} |"
    yield from _retests()
    yield "\n## As a FHIR ResearchSubject\n"
    yield "| state | in words | `ResearchSubject.status` (R4) |"
    yield "|---|---|---|"
    for state, status in FHIR_STATUS.items():
        yield f"| `{state}` | {state.label} | `{status}` |"


def _retests() -> Iterator[str]:
    yield _RETESTS
    for code in Repeated:
        yield f"| `{code}` | {code.label} |"


def _diagram() -> Iterator[str]:
    """Mermaid. What can happen in every open state is drawn once, from the box around them."""
    yield "stateDiagram-v2"
    yield "    direction LR"
    yield "    [*] --> Open"
    yield '    state "Open" as Open {'
    for state in OPEN:
        yield f'        state "{state.label}" as {state}'
    for each in TABLE:
        yield from _arrows(each, "        ", inside=True)
    yield "    }"
    yield '    state "Closed" as Closed {'
    for state in CLOSED:
        yield f'        state "{state.label}" as {state}'
    yield "    }"
    yield f'    state "{State.REGISTERED.label}" as {State.REGISTERED}'
    for each in TABLE:
        yield from _arrows(each, "    ", inside=False)


def _arrows(each: Transition, indent: str, *, inside: bool) -> Iterator[str]:
    if each.sources == OPEN and each.targets == CLOSED:
        if not inside:
            yield f"{indent}Open --> Closed: {each.act}"
        return
    for source in each.sources:
        for target in each.targets:
            if (target in OPEN) is inside:
                yield f"{indent}{source or '[*]'} --> {target}: {each.act}"


def _names(states: tuple[State | None, ...]) -> str:
    if states == OPEN:
        return "every open state"
    return ", ".join(f"`{state}`" if state is not None else "no episode" for state in states)
