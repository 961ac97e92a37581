"""``docs/refusals.md``, written from the same tables that the tests run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from tests.refusals.addresses import ADDRESSES, Address
from tests.refusals.form import Form
from tests.refusals.kinds import Field, Kind
from tests.refusals.table import FORMS
from tests.refusals.whole import FORGED, NO_FORM, TOO_LARGE

PATH = Path(__file__).resolve().parents[2] / "docs" / "refusals.md"
_HEAD = """\
# What is refused, and how

Generated from the tables under `tests/refusals/` by `python -m tests.refusals`; do not edit. The tests send every form
every try that stands here, and look at four things each time: the status and the sentence are those of the table; every
row of every table of the database is as it was; everything typed stands in the form again, in the field where it was
typed; and text that looks like markup comes back as text. No try gets a 500.

What is refused is answered with 422 and the page with its form, the sentence beside the field and again above the form.
What somebody may not do is answered with 403, what is over or was quicker with 409, and what is another site's with the
404 of what was never there. A free text is taken as it was typed, whatever it looks like: it is shown as text, and in
spreadsheets it is no formula.

The pages of one's own account, and most of those of administration, are not in this table yet.
"""
_EMPTY = ("missing", "empty", "blanks only")


def document() -> str:
    """The whole document as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield from _whole()
    yield "\n## Kinds of field\n"
    yield "What is typed, and what is said of it in every form with such a field that says nothing else below.\n"
    for kind in _kinds():
        yield from _kind(kind)
    yield "## Forms\n"
    for form in FORMS:
        yield from _form(form)
    yield "## Addresses that are read\n"
    yield "| page or file | parameter | what cannot be used |"
    yield "|---|---|---|"
    for address in ADDRESSES:
        yield from _address(address)


def _whole() -> Iterator[str]:
    yield "## Every form\n"
    yield "| request | answer |"
    yield "|---|---|"
    rows = (
        ("without any field, or JSON instead of a form", "the sentences of the empty fields"),
        ("a broken multipart body; more than 200 fields", f"{NO_FORM[0]}: {NO_FORM[1]}"),
        ("larger than the limit (10 MiB)", f"{TOO_LARGE[0]}: so many bytes, so many are taken"),
        ("without the token that its page carried", f"{FORGED[0]}: {FORGED[1]}"),
        ("by nobody who has signed in", "to the sign-in page, and back afterwards"),
        ("by somebody without the right", "403: This is not allowed."),
        ("about what is another site's", "404, the same as for what was never there"),
        ("with a key that is no key", "404: There is nothing at this address."),
        ("PUT, PATCH or DELETE", "405, with the methods that are taken"),
        ("the same field twice", "the last one counts"),
    )
    for request, answer in rows:
        yield f"| {request} | {answer} |"


def _kinds() -> Iterable[Kind]:
    """Each once; of free texts the first, since they differ in their length alone."""
    seen: dict[str, Kind] = {}
    for form in FORMS:
        for field in form.fields.values():
            seen.setdefault(_family(field.kind), field.kind)
    # What a password gets that is another is said by each form.
    return [kind for name, kind in seen.items() if name != "password"]


def _family(kind: Kind) -> str:
    return "text" if kind.name.startswith("text of at most") else kind.name


def _kind(kind: Kind) -> Iterator[str]:
    grouped = _grouped({label: said for label, (_typed, said) in kind.tries.items()})
    if not any(grouped):
        return
    yield f"### {_family(kind).capitalize()}\n"
    yield "| typed | answer |"
    yield "|---|---|"
    for said, labels in grouped.items():
        yield f"| {'; '.join(labels)} | {_said(said)} |"
    yield ""


def _grouped(answers: Mapping[str, str]) -> dict[str, list[str]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for label, said in answers.items():
        grouped[said].append(label)
    return dict(grouped)


def _said(said: str) -> str:
    return said.replace("|", "\\|") if said else "*taken as it is*"


def _form(form: Form) -> Iterator[str]:
    yield f"### {form.title}\n"
    about = [f"`{_route(form.named)}`", f"sent by: {form.by or 'anybody'}"]
    if form.refused == 302:
        about.append("nothing is typed, so the answer stands on the page that it leads back to")
    yield ", ".join(about) + ".\n"
    if not form.fields:
        yield "It has no field.\n"
        return
    yield "| field | kind | empty | and |"
    yield "|---|---|---|---|"
    for name, field in form.fields.items():
        yield f"| `{name}` | {field.kind.name} | {_said(field.required)} | {_also(field)} |"
    yield ""


def _also(field: Field) -> str:
    """What differs from the kind, or is tried in this field alone."""
    found = []
    for said, labels in _grouped({label: said for label, (_t, said) in field.also.items()}).items():
        named = "; ".join(labels)
        if len(labels) > 3 and set(labels) >= set(field.kind.tries):
            named = "all of its kind"
        elif len(labels) > 3:
            named = f"the others of its kind ({len(labels)})"
        status = next((f"{field.status[one]}: " for one in labels if one in field.status), "")
        found.append(f"{named}: {status}{_said(said)}")
    return "<br>".join(found)


def _address(address: Address) -> Iterator[str]:
    if not address.asks:
        yield f"| {address.title} `{_route(address.named)}` | – | takes no parameter |"
    for name, asked in address.asks.items():
        answer = f"{asked.status}: {asked.said}" if asked.said else "left out: the page without it"
        yield f"| {address.title} `{_route(address.named)}` | `{name}` | {answer} |"


def _route(named: str) -> str:
    """The address of that name, with its parts in angle brackets."""

    def found(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from found(one.url_patterns, before + str(one.pattern))
            elif one.name == named:
                yield before + str(one.pattern)

    route = next(found(get_resolver().url_patterns, "/"))
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
    return (
        re.sub(r"<\w+:(\w+)>", r"<\1>", route).replace("^", "").replace("$", "").replace("\\", "")
    )


def write() -> None:
    """Write the document."""
    PATH.write_text(document(), encoding="utf-8")
