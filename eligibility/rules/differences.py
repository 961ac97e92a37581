"""What differs between two versions of a protocol, for people: criteria that came, went or changed, and the policy.

Of a criterion every part is compared by itself; of its rule the sentence is, and every number and unit by its place, so
that a limit is seen to have moved even where the sentence would not say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from eligibility.rules.canonical import to_data
from eligibility.rules.criterion import Criterion
from eligibility.rules.policy import Policy
from eligibility.rules.protocol import Protocol

_PARTS: Final = ("type", "place", "heading", "quote", "title", "text", "data", "ask", "ask_of")
_SWITCHES: Final = ("permanent", "confirm")


class Part(NamedTuple):
    """One thing that is not as it was; null where it was or is not there."""

    what: str
    """Its code: ``text``, ``logic``, ``value`` ..."""
    where: str
    """Of a value: its place within the rule; of the policy: the title of the window or switch."""
    before: str | None
    after: str | None


class Changed(NamedTuple):
    """A criterion that is in both versions, and not the same in both."""

    before: Criterion
    after: Criterion
    parts: tuple[Part, ...]


class Differences(NamedTuple):
    before: Protocol
    after: Protocol
    added: tuple[Criterion, ...]
    removed: tuple[Criterion, ...]
    changed: tuple[Changed, ...]
    policy: tuple[Part, ...]
    title: tuple[Part, ...]
    """Of the trial."""
    moved: bool
    """The criteria that are in both stand in another order."""

    @property
    def nothing(self) -> bool:
        found = (self.added, self.removed, self.changed, self.policy, self.title)
        return not any(found) and not self.moved


def compare(before: Protocol, after: Protocol) -> Differences:
    """Everything that is not the same in two versions of one trial."""
    was = {one.id: one for one in before.criteria}
    now = {one.id: one for one in after.criteria}
    both = [one for one in after.criteria if one.id in was]
    return Differences(
        before,
        after,
        added=tuple(one for one in after.criteria if one.id not in was),
        removed=tuple(one for one in before.criteria if one.id not in now),
        changed=tuple(
            Changed(was[one.id], one, tuple(_parts(was[one.id], one)))
            for one in both
            if was[one.id] != one
        ),
        policy=tuple(_policy(before.policy, after.policy)),
        title=tuple(_part("title", before.title, after.title)),
        moved=[one.id for one in both] != [one.id for one in before.criteria if one.id in now],
    )


def _parts(before: Criterion, after: Criterion) -> Iterator[Part]:
    for name in _PARTS:
        yield from _part(name, getattr(before, name), getattr(after, name))
    yield from _part("logic", before.holds.words(), after.holds.words())
    yield from _values(to_data(before.holds), to_data(after.holds))
    for name in _SWITCHES:
        yield from _part(name, _said(getattr(before, name)), _said(getattr(after, name)))
    if before.attestable != after.attestable:
        then, now = to_data(before.attestable), to_data(after.attestable)
        if then is None or now is None:
            yield Part("attestation", "", _whole(then), _whole(now))
        else:
            yield from (each._replace(what="attestation") for each in _values(then, now))


def _part(what: str, before: str, after: str) -> Iterator[Part]:
    if before != after:
        yield Part(what, "", before, after)


def _values(before: Any, after: Any, where: str = "") -> Iterator[Part]:
    """Leaves of two trees that differ. Where they are built differently their sentences say so, and no leaf is told."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for name in before:
            inner = where if name == "decimal" else f"{where} {name}".strip()
            yield from _values(before[name], after[name], inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (was, now) in enumerate(zip(before, after, strict=True), start=1):
            inner = where if len(before) == 1 else f"{where} {number}".strip()
            yield from _values(was, now, inner)
    elif _is_list_of_words(before) and _is_list_of_words(after):
        yield Part("value", where, ", ".join(before), ", ".join(after))
    elif not isinstance(before, dict | list) and not isinstance(after, dict | list):
        yield Part("value", where, _said(before), _said(after))


def _is_list_of_words(data: Any) -> bool:
    return isinstance(data, list) and all(isinstance(one, str) for one in data)


def _whole(data: Any) -> str | None:
    if data is None:
        return None
    told = {name: part for name, part in data.items() if name != "kind" and part not in (None, [])}
    return "; ".join(f"{name} {_said(part)}" for name, part in told.items())


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value)
    return "none" if value is None else str(value)


def _policy(before: Policy, after: Policy) -> Iterator[Part]:
    was, now = _of_policy(before), _of_policy(after)
    for name in (*was, *(name for name in now if name not in was)):
        (title, then), (later_title, later) = was.get(name, ("", None)), now.get(name, ("", None))
        if then != later:
            yield Part("policy", later_title or title, then, later)


def _of_policy(policy: Policy) -> dict[str, tuple[str, str | None]]:
    windows = {one.name: (one.title, f"{one.days} days") for one in policy.windows}
    switches = {one.name: (one.title, _said(one.value)) for one in policy.switches}
    validities = {
        f"validity/{name}": (f"Answers to {name}", f"{days} days")
        for name, days in policy.validities
    }
    return {**windows, **switches, **validities, "horizon": ("Horizon", f"{policy.horizon} days")}
