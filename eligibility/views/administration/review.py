"""The periodic review of access: who may what since when, and that it is still needed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from eligibility.administration_forms.people import ReviewForm
from eligibility.presenters import review as words
from eligibility.views.administration.acts import administrator, done, posted
from trialscreen.institution.administration import lists, reviews
from trialscreen.institution.conduct import Conduct, for_conduct


@require_http_methods(["GET", "HEAD", "POST"])
@for_conduct(Conduct.MANAGE)
def review_page(request: HttpRequest) -> HttpResponse:
    now, by = timezone.now(), administrator(request)
    held = lists.roles_in_force(at=now)
    form = ReviewForm([one.pk for one in held], posted(request))
    if done(form, lambda given: reviews.confirm_roles(given["roles"], by=by, at=now)):
        return redirect("administration-review")
    rows = words.present(held, me=by.pk, on=timezone.localdate(now))
    chosen = set(request.POST.getlist("roles"))
    page = {
        "rows": rows,
        "due": sum(1 for one in rows if one.is_due),
        "days": reviews.EVERY.days,
        "form": form,
        "chosen": chosen,
    }
    status = 422 if form.errors else 200
    return render(request, "administration/review.html", page, status=status)
