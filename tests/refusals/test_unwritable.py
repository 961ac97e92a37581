"""By each form of the pages: a field that nobody may set changes nothing of what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from tests.isolation.unwritable import fields, marks, rows, something_written, undone, written
from tests.refusals.clinic import Clinic
from tests.refusals.form import Form
from tests.refusals.table import FORMS
from tests.refusals.trying import ENCODED, as_it_stands, encoded, filled

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(19)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
def test_a_form_takes_no_field_that_nobody_may_set(clinic: Clinic, form: Form) -> None:
    """All of them at once beside what is typed, and each by itself where that is not taken as it is without."""
    sites = [clinic.site.pk, clinic.elsewhere.pk]
    asked = fields(site=clinic.elsewhere, account=clinic.people["elsewhere"])
    good = filled(clinic, form, as_it_stands(clinic, form))
    beside = {
        name: [str(value)] for name, value in asked.items() if name not in {*good, *form.fields}
    }
    assert len(beside) > 15
    before = rows(sites)

    def send(more: dict[str, list[str]]) -> tuple[int, Any]:
        cache.clear()
        with undone():
            answer: Any = clinic.browser(form.by).post(
                form.sent_to(clinic),
                encoded(good | more),
                content_type=ENCODED,
                headers=form.headers,
            )
            after = rows(sites) if something_written() else before
        return answer.status_code, written(before, after, marks(asked))

    plain = send({})
    assert plain[0] == form.done, plain
    assert send(beside) == plain
    for name in ("site", "by", "at", "status", "id", "version"):
        if name in beside:
            assert send({name: beside[name]}) == plain, name
