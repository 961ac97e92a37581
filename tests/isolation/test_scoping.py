"""The code itself: rows are asked for where that is a module's work, SQL is written where it has to be, and every view
stands behind one of the doors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from eligibility.api.cds.doors import CdsDoor
from tests.isolation.routes import Route, routes
from trialscreen.institution.access import StoredDataView
from trialscreen.wiring.classified import TABLE
from trialscreen.wiring.classified.rules import Who

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("eligibility", "patients", "trialscreen")

SQL = {
    "eligibility/actions/screenings.py": "a lock while numbers are given",
    "eligibility/actions/telling.py": "a lock while places in the line of a patient are given",
    "eligibility/snapshots.py": "a record in one round trip",
    "eligibility/tasks.py": "a lock: one sweep at a time",
    "patients/actions/adding.py": "many new rows in one statement, column by column",
    "patients/actions/importing/working.py": "a lock: one worker at an import",
    "patients/actions/repeats.py": "a lock, and purging old keys of one site",
    "patients/api/fhir/conditions.py": "a lock: of those who create under the same condition, one at a time",
    "patients/imported.py": "counts of the lines of one import in one round trip",
    "patients/searching.py": "the function that searches the sites in use",
    "trialscreen/institution/conduct.py": "tells PostgreSQL the sites",
    "trialscreen/institution/sign_in/events.py": "opens the institution's own chain to administrators",
    "trialscreen/institution/scope.py": "tells PostgreSQL the sites",
}
"""Modules that write SQL of their own, and why; besides the trail and the wiring, which read no clinical table."""
OF_THE_HOUSE = (
    "trialscreen/institution/trail/",
    "trialscreen/institution/administration/",
    "trialscreen/wiring/",
)
BY_THEMSELVES = {
    "security-events": "asks for an administrator in its first lines; it reads the institution's chain, no patient",
    "security-recover": "the same, after the password was given again",
}
"""Views that let in by lines of their own."""
ONE_DOOR = "setup/"
"""Every page below it is made by `SetupSite.admin_view`, behind `for_conduct`; `test_access` asks each."""
DOORS = ("for_staff", "for_conduct", "login_required", "as_view")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def written(node: ast.AST) -> str:
    return ast.unparse(node)


def test_sql_is_written_where_it_has_to_be() -> None:
    found = {
        name
        for name, tree in modules()
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("cursor", "raw", "extra", "RawSQL")
        and not name.startswith(OF_THE_HOUSE)
    }
    assert sorted(found - SQL.keys()) == [], "say in SQL why, or ask through a model"
    assert sorted(SQL.keys() - found) == [], "these write none by now"


def test_nobody_asks_for_all_rows_of_a_clinical_table() -> None:
    """`.objects.all()` names no site, patient or screening; neither does a manager that is passed on as it is."""
    clinical = {
        model.__name__
        for model in apps.get_models()
        if any(field.name == "site" for field in model._meta.fields)
        and model._meta.app_label in ("patients", "eligibility")
    }
    found = [
        f"{name}:{call.lineno} {written(call.func)}"
        for name, tree in modules()
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("all", "count", "exists", "first", "last", "iterator")
        and any(written(call.func.value) == f"{model}.objects" for model in clinical)
    ]
    assert found == []


@pytest.mark.parametrize("package", ["eligibility/views", "eligibility/presenters"])
def test_pages_ask_no_clinical_table(package: str) -> None:
    """Views read the request and ask `listing`, `episodes`, `actions`: there the sites are named."""
    ours = [one for one in apps.get_models() if one._meta.app_label in ("patients", "eligibility")]
    clinical = {model.__name__ for model in ours}
    found = [
        f"{name}:{node.lineno} {written(node)}"
        for name, tree in modules()
        if name.startswith(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "objects"
        and written(node.value) in clinical
    ]
    assert found == []


def test_every_view_has_a_door() -> None:
    """Of each route that is not for everybody: an API view of stored data, or a page decorated with a door."""
    behind = {
        f"{name[:-3].replace('/', '.')}.{node.name}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(door in written(each) for each in node.decorator_list for door in DOORS)
    }
    open_ones = [
        route.name or route.pattern for route in routes() if not _has_a_door(route, behind)
    ]
    assert open_ones == []


def _has_a_door(route: Route, behind: set[str]) -> bool:
    rule = TABLE.get(route.name or route.pattern)
    if route.name in BY_THEMSELVES or route.pattern.startswith(ONE_DOOR):
        return True
    rights = {rule.reads, rule.writes} - {None} if rule is not None else set()
    if Who.RECORD_SYSTEMS in rights:
        return issubclass(
            route.view.cls, CdsDoor
        )  # who signs; the rows are then those of their one site
    if rights <= {Who.EVERYBODY} or rights & {Who.CLIENTS, Who.SIGNED_IN}:
        return True  # open to all, or the framework's own of signing in
    view = getattr(route.view, "cls", None)
    if view is not None:
        return issubclass(view, StoredDataView)
    return f"{route.view.__module__}.{route.view.__name__}" in behind


def test_api_views_for_everybody_ask_nobody_and_read_nothing() -> None:
    for route in routes():
        view = getattr(route.view, "cls", None)
        if view is None or not issubclass(view, APIView):
            continue
        if issubclass(view, StoredDataView | CdsDoor):
            continue
        assert TABLE[route.name].reads in (None, Who.EVERYBODY), route.name
        assert AllowAny in view.permission_classes or route.name in ("schema", "api-docs"), route
