"""Pages of signing in, and of one's own account: allauth's views, with what is ours around them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account import views as account
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from trialscreen.institution.access import to_sign_in
from trialscreen.institution.models import Role
from trialscreen.institution.scope import scope_of
from trialscreen.institution.sessions import seconds_left
from trialscreen.institution.sign_in.events import alarms, failed_attempts
from trialscreen.institution.sign_in.factors import SECOND, has_second_factor, note_shown
from trialscreen.institution.trail.actions import Word, note_whatever_happens


class Unusable:
    """A form that cannot be used is answered with 422, as everywhere."""

    http_method_names = ("get", "head", "post", "options")

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if answer.status_code == HTTPStatus.OK:
            answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer


class SignInView(Unusable, account.LoginView):
    template_name = "accounts/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Who begins again has not shown a password: else the page would lead back to the second step."""
        if request.method == "GET" and "again" in request.GET:
            clear_login(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "idle_minutes": settings.SESSION_IDLE_MINUTES,
            "most_hours": settings.SESSION_MAX_HOURS,
            "hospital": settings.HOSPITAL.name,
            "can_reset": bool(settings.EMAIL_HOST_CONFIGURED),
        }


class AuthenticatorView(Unusable, totp.ActivateTOTPView):
    template_name = "accounts/authenticator.html"

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        held = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        _shown_now(self.request, held)
        return answer


class AddPasskeyView(Unusable, passkeys.AddWebAuthnView):
    template_name = "accounts/add_passkey.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        said = _("The device has not answered: nothing was added. Try again.")
        form.fields["credential"].error_messages |= {"required": said, "invalid": said}
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        held = Authenticator.objects.filter(
            user=self.request.user, type=Authenticator.Type.WEBAUTHN
        ).latest("pk")
        _shown_now(self.request, held)
        return answer


class RemovePasskeyView(passkeys.RemoveWebAuthnView):
    """The last second factor is not removed: it is replaced by adding another one first."""

    template_name = "accounts/remove_passkey.html"

    def form_valid(self, form: Any) -> HttpResponse:
        held = Authenticator.objects.filter(user=self.request.user, type__in=SECOND)
        if held.count() < 2:
            return self.render_to_response(self.get_context_data(last=True), status=422)
        return super().form_valid(form)


class PasskeySignInView(passkeys.LoginWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the page, which says so; whose passkey it was meant to be is not known."""
        told = {"step": "passkey"}
        note_whatever_happens(Word.SIGN_IN_FAILED, about="account", circumstances=told)
        return redirect(reverse("sign-in") + "?refused=passkey")


def _shown_now(request: HttpRequest, held: Authenticator) -> None:
    """Who may do more from now on does it in a session with a new key."""
    note_shown(request, held)
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).delete()
    UserSession.objects.create_from_request(request)


@login_required
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """The choice of a second factor, for who has none yet."""
    if has_second_factor(request.user):  # type: ignore[arg-type]
        return redirect("my-account")
    return render(request, "accounts/second_factor.html")


@login_required
@require_GET
def my_account(request: HttpRequest) -> HttpResponse:
    held = Authenticator.objects.filter(user=request.user).order_by("pk")
    return render(
        request,
        "accounts/my_account.html",
        {
            "totp": next((each for each in held if each.type == "totp"), None),
            "codes": next((each.wrap() for each in held if each.type == "recovery_codes"), None),
            "passkeys": [each for each in held if each.type == "webauthn"],
            "sessions": len(UserSession.objects.purge_and_list(request.user)),
            "administers": Role.ADMINISTRATOR in scope_of(request).roles,
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """One's own sessions; one of them, or all others, are ended by a button."""
    mine = sorted(
        UserSession.objects.purge_and_list(request.user),
        key=lambda each: each.created_at,
        reverse=True,
    )
    if request.method == "GET":
        return render(request, "accounts/sessions.html", {"sessions": mine})
    which = request.POST.get("which", "")
    for each in mine:
        if not each.is_current() and which in ("others", str(each.pk)):
            each.end()
    return redirect("usersessions_list")


@require_http_methods(["GET", "POST"])
def session_state(request: HttpRequest) -> JsonResponse:
    """How long the session still lasts: a GET only asks, a POST makes it last again.

    With a token for forms, since a page that was open before somebody signed in again holds one of the session before.
    """
    known = request.user.is_authenticated
    return JsonResponse(
        {
            "account": request.user.pk if known else None,
            "seconds": seconds_left(request) if known else 0,
            "token": get_token(request) if known else "",
        }
    )


@login_required
@require_GET
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where a second window says that the first one can be gone on with."""
    return render(request, "accounts/signed_in_again.html")


def security_events(request: HttpRequest) -> HttpResponse:
    """Failed attempts to sign in and to sign, for administrators."""
    if not request.user.is_authenticated:
        return to_sign_in(request)  # type: ignore[return-value]
    if Role.ADMINISTRATOR not in scope_of(request).roles:
        raise PermissionDenied
    found = failed_attempts(now=timezone.now())
    told = {"attempts": found, "alarms": alarms(found), "signing": Word.SIGNING_FAILED.value}
    return render(request, "accounts/security_events.html", told)


class CodeView(Unusable, mfa.AuthenticateView):
    template_name = "accounts/code.html"


class PasswordAgainView(Unusable, account.ReauthenticateView):
    template_name = "accounts/again.html"


class CodeAgainView(Unusable, mfa.ReauthenticateView):
    template_name = "accounts/code_again.html"


class ChangePasswordView(Unusable, account.PasswordChangeView):
    template_name = "accounts/change_password.html"


class ForgottenView(Unusable, account.PasswordResetView):
    template_name = "accounts/forgotten.html"


class NewPasswordView(Unusable, account.PasswordResetFromKeyView):
    template_name = "accounts/new_password.html"


sign_in = SignInView.as_view()
sign_out = LogoutView.as_view(next_page="sign-in")
code = CodeView.as_view()
passkey_sign_in = PasskeySignInView.as_view()
password_again = PasswordAgainView.as_view()
code_again = CodeAgainView.as_view()
passkey_again = passkeys.ReauthenticateWebAuthnView.as_view(
    template_name="accounts/passkey_again.html"
)
change_password = login_required(ChangePasswordView.as_view())
forgotten = ForgottenView.as_view()
forgotten_sent = account.PasswordResetDoneView.as_view(template_name="accounts/forgotten_sent.html")
new_password = NewPasswordView.as_view()
new_password_set = account.PasswordResetFromKeyDoneView.as_view(
    template_name="accounts/new_password_set.html"
)
authenticator = AuthenticatorView.as_view()
remove_authenticator = totp.DeactivateTOTPView.as_view(
    template_name="accounts/remove_authenticator.html"
)
add_passkey = AddPasskeyView.as_view()
remove_passkey = RemovePasskeyView.as_view()
recovery_codes = recovery.ViewRecoveryCodesView.as_view(
    template_name="accounts/recovery_codes.html"
)
new_recovery_codes = recovery.GenerateRecoveryCodesView.as_view(
    template_name="accounts/new_recovery_codes.html"
)
