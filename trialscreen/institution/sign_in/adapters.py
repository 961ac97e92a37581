"""Where allauth asks us: what is limited, who may, and how secrets are kept."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from qrcode import QRCode

from trialscreen.institution.models import Account
from trialscreen.institution.sign_in.factors import SECOND
from trialscreen.institution.trail.acting import become

APP = "allauth.account"


class Accounts(DefaultAccountAdapter):
    """Accounts are made by administrators alone, and an inactive one looks like none."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "The user name and the password do not belong together, or the account is not active."
        ),
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes, or sign in with a passkey."
        ),
        "rate_limited": _("Too many attempts. Wait five minutes."),
        "incorrect_password": _("That is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Account) -> None:
        """Everything has been shown that is asked for: the rows of the session and the account are theirs."""
        become(user.pk, user.name)
        super().login(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        return redirect("sign-in")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Behind a socket of this machine nobody's address is known: then all come from one."""
        if not request.META.get("REMOTE_ADDR") and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
            return "127.0.0.1"
        return super().get_client_ip(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count before a password is looked at, narrowest first: what is refused by one limit uses up no other.

        An account is limited for each source, so that who guesses at it from one place shuts it for that place
        alone; for all sources together the limit is wide.
        """
        name = str(credentials.get("username", "")).strip().lower()
        used = []
        for action, key in (
            ("login_failed_here", f"{ratelimit.get_ip(request)} {name}"),
            ("login_failed_account", name),
            ("login_failed_source", None),
        ):
            usage = ratelimit.consume(request, app=APP, action=action, key=key)
            if not usage:
                raise self.validation_error("too_many_login_attempts")
            used += usage.usage
        self._login_failed_rl_usage = ratelimit.RateLimitUsage(used)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing is counted by address."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has signed in, or shown who they are again, within the last minutes is not asked once more."""
        request = context.request
        latest = max(
            (each["at"] for each in get_authentication_records(request, request.user)), default=0.0
        )
        return time.time() - latest >= app_settings.REAUTHENTICATION_TIMEOUT

    def set_password(self, user: Account, password: str) -> None:
        """By the owner: through the page of who has signed in, or through a link that was sent."""
        user.set_own_password(password)
        user.save(update_fields=["password", "password_set_by_other"])


class Factors(DefaultMFAAdapter):
    """Secrets of second factors are encrypted, so that a copy of the database lets nobody in."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That is not the code, or it has been used already."),
        "cannot_delete_authenticator": _("The last second step stays: add another one first."),
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Account) -> str:
        return user.username

    def generate_authenticator_name(self, user: Account, type: Any) -> str:  # noqa: A002
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Passkey")) if not held else f"{_('Passkey')} {held + 1}"

    def get_totp_issuer(self) -> str:
        return f"trialscreen {context.request.get_host()}"

    def _get_user_identifier(self, user: Account) -> str:
        return user.username

    def build_totp_svg(self, url: str) -> str:
        """As elements alone: the policy of our pages takes neither inline styles nor pictures in addresses."""
        code = QRCode(border=4)
        code.add_data(url)
        rows = code.get_matrix()
        drawn = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
        )
        size = len(rows)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" class="qr" aria-hidden="true">'
            f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{drawn}" fill="#000"/></svg>'
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=SECOND)
        return bool(others.exclude(pk=authenticator.pk).exists())


def _fernet() -> MultiFernet:
    return MultiFernet(list(_keys()))


def _keys() -> Iterator[Fernet]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = hashlib.sha256(b"second factors:" + secret.encode()).digest()
        yield Fernet(base64.urlsafe_b64encode(key))
