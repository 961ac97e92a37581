"""Tags of our templates."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from eligibility.presenters.strip import Cell, Strip

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, extra: str = "") -> SafeString:
    """A vendored icon inlined, hidden from screen readers: the word beside it says the same."""
    classes = f"icon {extra}".strip()
    drawing = _markup(name).replace("<svg", f'<svg class="{classes}"', 1)
    return mark_safe(drawing)  # noqa: S308 - our own file, named by our own template


@register.simple_tag
@lru_cache(maxsize=2000)
def cells(strip: Strip) -> SafeString:
    """A strip of small cells, hidden from screen readers: its spoken form stands beside it.

    Written here and not in a template: thirty rows have twelve hundred of them.
    """
    return mark_safe(  # noqa: S308 - every word is escaped
        "".join(f"<span>{''.join(_cell(one) for one in group)}</span>" for group in strip.groups)
    )


@lru_cache(maxsize=4000)
def _cell(one: Cell) -> str:
    stated = " c-stated" if one.stated else ""
    return f'<i class="c c-{one.tone}{stated}" title="{escape(one.title)}"></i>'


@cache
def _markup(name: str) -> str:
    """The file's drawing without its class and comments; an unknown name is a fault of ours."""
    found = finders.find(f"vendor/tabler-icons/{name}.svg")
    if not found:
        raise template.TemplateSyntaxError(f"No icon {name!r} in vendor/tabler-icons")
    drawing = Path(found).read_text(encoding="utf-8")
    drawing = re.sub(r"<!--.*?-->|\sclass=\"[^\"]*\"", "", drawing, flags=re.DOTALL)
    drawing = drawing.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
    return re.sub(r"\s+", " ", drawing).strip()
