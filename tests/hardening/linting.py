"""Few things that no line of ours may do, found in the syntax tree: each rule says where it is allowed, and why."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple


class Found(NamedTuple):
    rule: str
    line: int


def _called(node: ast.AST) -> str:
    """The last part of what is called: ``objects.raw`` is ``raw``."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _asks_request(node: ast.AST) -> bool:
    return any(
        (isinstance(each, ast.Attribute) and each.attr in ("GET", "POST", "query_params"))
        or (isinstance(each, ast.Name) and each.id == "request")
        for each in ast.walk(node)
    )


def _imports(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").partition(".")[0]}
    return set()


def _everything(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == "fields" for each in node.targets)
        and isinstance(node.value, ast.Constant)
        and node.value.value == "__all__"
    )


def _every_row(node: ast.AST) -> bool:
    """A field or view that has all rows of a table to choose from, whoever asks: ``queryset=Site.objects.all()``."""
    if isinstance(node, ast.keyword):
        return node.arg == "queryset" and _all_rows(node.value)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        names = node.targets if isinstance(node, ast.Assign) else [node.target]
        is_queryset = any(
            (isinstance(each, ast.Name) and each.id == "queryset")
            or (isinstance(each, ast.Attribute) and each.attr == "queryset")
            for each in names
        )
        return is_queryset and node.value is not None and _all_rows(node.value)
    return False


def _all_rows(node: ast.AST) -> bool:
    """``X.objects``, ``X.objects.all()``, and what only sorts or joins these: nothing was left out."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("objects", "_default_manager", "_base_manager")
    keeps_all = ("all", "order_by", "select_related", "prefetch_related", "get_queryset", "only")
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in keeps_all
        and _all_rows(node.func.value)
    )


def _unchecked(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(
        each.arg in ("verify", "check_hostname")
        and isinstance(each.value, ast.Constant)
        and each.value.value is False
        for each in node.keywords
    )


def _shell(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(
        each.arg == "shell" and isinstance(each.value, ast.Constant) and bool(each.value.value)
        for each in node.keywords
    )


def _sorted_as_asked(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and _called(node) in ("order_by", "values", "values_list", "filter", "exclude", "annotate")
        and any(_asks_request(each) for each in (*node.args, *_spread(node)))
        and any(isinstance(each, ast.Starred) for each in node.args)
        | (_called(node) == "order_by")
        | bool(_spread(node))
    )


def _spread(node: ast.Call) -> list[ast.expr]:
    return [each.value for each in node.keywords if each.arg is None]


def _calls(*names: str) -> Callable[[ast.AST], bool]:
    return lambda node: _called(node) in names


RULES: Mapping[str, Callable[[ast.AST], bool]] = {
    "mark_safe": _calls("mark_safe", "SafeString", "SafeText", "format_html_join", "html_safe"),
    "raw-sql": _calls("raw", "RawSQL", "extra"),
    "names-from-request": _sorted_as_asked,
    "runs-yaml": lambda node: bool(_imports(node) & {"yaml"}),
    "runs-text": lambda node: (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("eval", "exec", "__import__")
    ),
    "unpacks-objects": lambda node: bool(
        _imports(node) & {"pickle", "marshal", "shelve", "dill", "jsonpickle"}
    ),
    "reads-xml": lambda node: bool(
        _imports(node) & {"lxml", "xml", "xmltodict", "bs4", "html5lib"}
    ),
    "every-field": _everything,
    "every-row": _every_row,
    "no-certificate": _unchecked,
    "shell": _shell,
    "csrf-exempt": _calls("csrf_exempt"),
}
ALLOWED: Mapping[tuple[str, str], str] = {
    (
        "eligibility/templatetags/screen.py",
        "mark_safe",
    ): "our own drawings, and cells in which every word is escaped",
}
"""``(file, rule)`` and the reason; one that is no longer needed fails the test."""


def faults(source: str) -> Iterator[Found]:
    for node in ast.walk(ast.parse(source)):
        for rule, breaks in RULES.items():
            if breaks(node):
                yield Found(rule, getattr(node, "lineno", 0))
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(each, ast.Name) and each.id == "csrf_exempt" for each in node.decorator_list
        ):
            yield Found("csrf-exempt", node.lineno)
