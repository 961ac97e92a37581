"""Links that set a first password: told once to who invites, and opened by who is invited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eligibility.presenters.administration import moment
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration import staff
from trialscreen.institution.models import Invitation
from trialscreen.institution.sign_in.letters import send_link

_KEPT = "invitation"


def told_once(request: HttpRequest, invited: staff.Invited, *, at: datetime) -> HttpResponse:
    """The link, which nobody can be shown again; sent to whom it is for, if letters can be.

    The key stands behind a question mark, so that neither log nor trail writes it down.
    """
    address = f"{reverse('invitation')}?{urlencode({'key': invited.key})}"
    link, until = request.build_absolute_uri(address), moment(at + staff.LASTS)
    letter = send_link(
        invited.account,
        link,
        template="administration/email/invitation.txt",
        subject=_("Your account for trial screening"),
        until=until,
    )
    page = {"account": invited.account, "link": link, "until": until, "letter": letter.value}
    return render(request, "administration/link.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    """Where a link leads: the key is put aside, and the address that stays in the window has none."""
    if "key" in request.GET and request.method != "POST":
        request.session[_KEPT] = staff.key_sum(request.GET["key"])
        return redirect("invitation")
    kept, now = str(request.session.get(_KEPT, "")), timezone.now()
    held = staff.invitation_of(kept, at=now)
    if held is None:
        return render(request, "administration/no_link.html", status=410)
    form: Any = SetPasswordForm(held.account, request.POST if request.method == "POST" else None)
    form.fields["new_password1"].label = _("Password")
    form.fields["new_password2"].label = _("Password again")
    if form.is_valid():
        try:
            staff.accept(kept, password=form.cleaned_data["new_password1"], at=now)
        except NotDone:
            return render(request, "administration/no_link.html", status=410)
        request.session.pop(_KEPT, None)
        return render(request, "administration/welcome.html", {"account": held.account})
    return _asked(request, form, held)


def _asked(request: HttpRequest, form: Any, held: Invitation) -> HttpResponse:
    page = {"form": form, "account": held.account, "until": moment(held.expires_at)}
    return render(request, "administration/password.html", page, status=422 if form.errors else 200)
