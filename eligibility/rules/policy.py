"""Protocol policy: the windows and switches that the registry text does not give.

The registry names no time windows. A protocol version brings defaults; a site may tighten them, never loosen them,
and every answer shows which values were used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from eligibility.rules.catalogue import named


class PolicyFault(ValueError):
    """A policy that cannot be used: `key` says which value, the message says why."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@named("window")
@dataclass(frozen=True, slots=True)
class Window:
    """How many days old a result may be on the day of registration, both ends included."""

    name: str
    days: int
    title: str


@named("switch")
@dataclass(frozen=True, slots=True)
class Switch:
    """A statement of fact about the site. Free to set either way."""

    name: str
    value: bool
    title: str


@named("policy")
@dataclass(frozen=True, slots=True)
class Policy:
    windows: tuple[Window, ...] = ()
    switches: tuple[Switch, ...] = ()
    horizon: int = 180
    """How many days ahead eligibility over time is worked out."""
    validities: tuple[tuple[str, int], ...] = ()
    """Days for which an answer to a criterion counts, where a site has tightened the protocol's own."""

    def days(self, name: str) -> int:
        """Length of the named window in days."""
        for window in self.windows:
            if window.name == name:
                return window.days
        raise KeyError(name)

    def holds(self, name: str) -> bool:
        """Value of the named switch."""
        for switch in self.switches:
            if switch.name == name:
                return switch.value
        raise KeyError(name)

    def values(self) -> dict[str, int | bool]:
        """Everything by name, as an answer shows it."""
        return {
            **{window.name: window.days for window in self.windows},
            **{switch.name: switch.value for switch in self.switches},
        }

    def tightened(self, given: Mapping[str, Any], validities: Mapping[str, int | None]) -> Policy:
        """This policy with a site's values.

        `given` maps names of windows to days and names of switches to booleans; under ``validity`` it may map
        criteria to days. `validities` are the protocol's own: criterion to days, None without expiry.

        Raises:
            PolicyFault: an unknown name, a value of the wrong type, or one looser than the protocol's.
        """
        windows = {window.name: window for window in self.windows}
        switches = {switch.name: switch for switch in self.switches}
        shorter: dict[str, int] = {}
        for name, value in given.items():
            if name in windows:
                _whole(name, value, most=windows[name].days)
                windows[name] = replace(windows[name], days=value)
            elif name in switches:
                if not isinstance(value, bool):
                    raise PolicyFault(name, f"{name} is true or false")
                switches[name] = replace(switches[name], value=value)
            elif name == "validity":
                shorter = _validities(value, validities)
            else:
                known = ", ".join([*windows, *switches, "validity"])
                raise PolicyFault(name, f"no policy value is called {name}; there are {known}")
        return replace(
            self,
            windows=tuple(windows.values()),
            switches=tuple(switches.values()),
            validities=tuple(sorted(shorter.items())),
        )


def _whole(name: str, value: Any, *, most: int | None) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise PolicyFault(name, f"{name} is a whole number of days, 0 or more")
    if most is not None and value > most:
        raise PolicyFault(
            name,
            f"{name} of {value} days is looser than the protocol's {most}; a site may only tighten it",
        )


def _validities(given: Any, protocol: Mapping[str, int | None]) -> dict[str, int]:
    if not isinstance(given, Mapping):
        raise PolicyFault("validity", "validity maps criteria to days")
    for criterion, days in given.items():
        key = f"validity/{criterion}"
        if criterion not in protocol:
            raise PolicyFault(key, f"{criterion} takes no attestation")
        _whole(key, days, most=protocol[criterion])
    return dict(given)
