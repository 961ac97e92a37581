"""``docs/rules.md``: the closed lists of the rule language and its catalogue of statement kinds."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import eligibility.rules.kinds  # noqa: F401  (its modules enter the catalogue)
from eligibility.rules import ENGINE
from eligibility.rules.catalogue import CATALOGUE
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import REASONS, Basis, NeedKind, Remedy, Status, Verdict

_INTRODUCTION = """\
# The rule language

Generated from `eligibility/rules/` by `manage.py generate_docs`; do not edit. Version of the language: `{engine}`.

A criterion is a sentence, and a value. Statements are frozen, composed with `&`, `|` and `~` by Kleene's three-valued
logic, written as canonical JSON and read back; `and`, `or`, `not` and `if` on them raise. Every kind says in one module
what it means for one record, on which days time alone could change that, and how it reads.

Everything measured is a span: `<10`, "October", an exact 103. A comparison is known only where the best and the worst
case agree. Whatever leaves a question open is named, with what would settle it.

| word | members |
|---|---|"""


def rules_document() -> str:
    """The whole document as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION.format(engine=ENGINE)
    for members in (Verdict, Basis, Remedy, NeedKind, Status):
        listed = ", ".join(f"`{member.value}`" for member in members)
        yield f"| {members.__name__} | {listed} |"
    yield "\n## Reasons of an unknown\n"
    yield "If several apply, the first of this order is given.\n"
    yield "| code | meaning |"
    yield "|---|---|"
    for reason, sentence in REASONS.items():
        yield f"| `{reason.value}` | {sentence} |"
    yield "\n## Statement kinds"
    for name in sorted(CATALOGUE):
        cls = CATALOGUE[name]
        if issubclass(cls, Statement):
            module = cls.__module__.removeprefix("eligibility.rules.").replace(".", "/")
            yield f"\n### {name}\n"
            yield f"`{cls.__name__}` in `eligibility/rules/{module}.py`\n"
            yield cleandoc(cls.__doc__ or "")
