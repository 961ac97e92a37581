"""JSON in which a number is written exactly as it was given.

A platelet count of 100.0 must reach the intake as the four characters 100.0; a float would not
promise that, and the standard library writes no Decimal.
"""

from __future__ import annotations

import json
from typing import Any


class Number(str):
    """The text of a JSON number, written without quotes: ``Number("6.30")``."""


def write(tree: Any) -> str:
    """The JSON text of a tree of dictionaries, lists, strings, numbers, booleans and None.

    Floats are refused: nobody knows which decimal was meant by one.
    """
    if isinstance(tree, Number):
        return str(tree)
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {write(v)}" for k, v in tree.items()) + "}"
    if isinstance(tree, list | tuple):
        return "[" + ", ".join(write(item) for item in tree) + "]"
    if isinstance(tree, float):
        raise TypeError(f"write {tree!r} as Number(...), so that it stays exact")
    return json.dumps(tree)
