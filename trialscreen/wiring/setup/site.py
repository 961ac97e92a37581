"""The site of the set-up pages: administrators alone, by our own sign-in, in a transaction in which no patient exists.

Of Django's admin only three kinds of pages are here (what there is, a table, a row), in our look. It has no
sign-in, no password and no log of its own, and takes nothing that is sent: what is set up has a page with its rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trialscreen.institution.conduct import Conduct, for_conduct, manages
from trialscreen.institution.scope import scope_of

if TYPE_CHECKING:
    Rows = ModelAdmin[Any]
else:
    Rows = ModelAdmin


class _Unsaid:
    """Where the admin would keep messages for the next page: it does nothing that there would be a message of."""

    def add(self, *_told: object, **_more: object) -> None: ...


class SetupSite(AdminSite):
    """What there is, each table, each row."""

    index_template = "setup/index.html"
    site_title = _("Set-up")
    site_header = _("Set-up")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return manages(scope_of(request))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """The door of every page of administration; an answer is written out while its rows exist."""

        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request._messages = _Unsaid()  # type: ignore[attr-defined]
            answer = view(request, *args, **kwargs)
            return answer.render() if hasattr(answer, "render") else answer

        return require_safe(never_cache(for_conduct(Conduct.MANAGE)(page)))

    def get_urls(self) -> list[Any]:
        found: list[URLPattern] = [path("", self.admin_view(self.index), name="index")]
        for table in self._registry.values():
            named = f"{table.opts.app_label}_{table.opts.model_name}"
            there = f"{table.opts.app_label}/{table.opts.model_name}/"
            rows, row = self.admin_view(table.changelist_view), self.admin_view(table.change_view)
            found.append(path(there, rows, name=f"{named}_changelist"))
            found.append(path(f"{there}<int:object_id>/", row, name=f"{named}_change"))
        return found

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """The tables by what they are about, as they were registered; there are no pages of applications."""
        found: dict[str, list[dict[str, Any]]] = {}
        for table in self._registry.values():
            where = f"admin:{table.opts.app_label}_{table.opts.model_name}_changelist"
            told = {
                "name": getattr(table, "title", ""),
                "admin_url": reverse(where, current_app=self.name),
            }
            found.setdefault(getattr(table, "about", ""), []).append(told)
        return [
            {"name": about, "app_label": f"set-{number}", "models": tables}
            for number, (about, tables) in enumerate(found.items())
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With what is not kept in a table: who the identity provider's groups make of people, and what runs when."""
        known = {
            "hospital": settings.HOSPITAL.name,
            "groups": [_group(*one) for one in settings.HOSPITAL.roles],
            "schedules": SimpleLazyObject(_schedules),
        }
        return super().index(request, known | (extra_context or {}))


class Looked(Rows):
    """A table that is looked at."""

    change_list_template = "setup/rows.html"
    change_form_template = "setup/row.html"
    actions = None
    view_on_site = False
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    about: Any = ""
    """Under which heading it stands."""
    title: Any = ""
    """What it is called."""
    page = ""
    """The name of the page on which it is changed, by its rule."""
    page_of = ""
    """What that page is of, where its address says: the number of the trial."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever is here administers

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """By the offered filters alone: by any column, letter for letter, a password's sum could be asked out."""
        return lookup.partition("__")[0] in self.list_filter

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return super().changelist_view(request, self._beside() | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: int | str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        return super().changeform_view(
            request, str(object_id), form_url, self._beside() | (extra_context or {})
        )

    def _beside(self) -> dict[str, Any]:
        of = [self.page_of] if self.page_of else []
        return {"page": reverse(self.page, args=of), "heading": self.title}

    def _get_obj_does_not_exist_redirect(self, *_asked: Any) -> Any:
        raise Http404


def _group(group: str, role: str, site: str) -> dict[str, str]:
    return {"group": group, "role": role, "site": site}


def _schedules() -> list[dict[str, Any]]:
    from trialscreen.wiring.celery import app

    return [
        {"name": name, "task": one["task"], "when": _when(one["schedule"])}
        for name, one in sorted(app.conf.beat_schedule.items())
    ]


def _when(schedule: Any) -> str:
    if isinstance(schedule, int | float):
        return str(_("every %(n)g seconds") % {"n": schedule})
    return str(schedule)
