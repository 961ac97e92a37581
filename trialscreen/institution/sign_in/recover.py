"""The page on which an administrator helps somebody who has lost a password or a device."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trialscreen.institution.access import to_sign_in
from trialscreen.institution.models import Account, Role
from trialscreen.institution.models.accounts import Help
from trialscreen.institution.not_done import NotDone
from trialscreen.institution.scope import scope_of
from trialscreen.institution.sign_in.factors import has_second_factor
from trialscreen.institution.sign_in.letters import send_link
from trialscreen.institution.sign_in.recovery import forget_second_factors, password_link


class HelpForm(forms.Form):
    how = forms.ChoiceField(choices=Help)
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("How you know that it is the person who asks."),
        error_messages={"required": _("Say why.")},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest, account: int) -> HttpResponse:
    """Each half by a button of its own, with the reason. Only who may do it is asked who they are."""
    if not request.user.is_authenticated:
        return to_sign_in(request)  # type: ignore[return-value]
    if Role.ADMINISTRATOR not in scope_of(request).roles:
        raise PermissionDenied
    answer: HttpResponse = _helped(request, account)
    return answer


@reauthentication_required(app="allauth.mfa")
def _helped(request: HttpRequest, account: int) -> HttpResponse:
    held = get_object_or_404(Account, pk=account)
    form = HelpForm(request.POST or None)
    told: dict[str, Any] = {"account": held, "form": form}
    if form.is_valid():
        try:
            told |= _help(request, held, form.cleaned_data)
        except NotDone as refused:
            form.add_error(None, refused.sentence)
    told["has_second_factor"] = has_second_factor(held)
    status = 422 if form.errors else 200
    return render(request, "accounts/recover.html", told, status=status)


def _help(request: HttpRequest, account: Account, said: dict[str, str]) -> dict[str, Any]:
    by: Any = request.user
    given: dict[str, Any] = {"reason": said["reason"], "by": by, "at": timezone.now()}
    if said["how"] == Help.PASSWORD:
        link = request.build_absolute_uri(password_link(account, **given))
        letter = send_link(
            account,
            link,
            template="administration/email/password.txt",
            subject=say("Choose another password"),
            until=say("an hour"),
        )
        return {"link": link, "letter": letter.value}
    forget_second_factors(account, **given)
    return {"removed": True}
