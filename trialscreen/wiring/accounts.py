"""What allauth is told, and the hospital's identity provider as the environment describes it."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from trialscreen.wiring.environment import Environment

ACCOUNT_ADAPTER = "trialscreen.institution.sign_in.adapters.Accounts"
ACCOUNT_FORMS = {"login": "trialscreen.institution.sign_in.forms.SignIn"} | {
    name: f"trialscreen.institution.sign_in.forms.{form}"
    for name, form in (
        ("reauthenticate", "PasswordAgain"),
        ("change_password", "ChangePassword"),
        ("reset_password", "Forgotten"),
        ("reset_password_from_key", "NewPassword"),
    )
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
PASSWORD_RESET_TIMEOUT = 3600
# Who waits for a letter to be handed over waits no longer than this.
EMAIL_TIMEOUT = 10
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_RATE_LIMITS = {
    "login": "",  # what counts is said below, by our adapter
    "login_failed_here": "5/5m/key",  # one account, from one source
    "login_failed_account": "50/h/key",  # one account, from everywhere
    "login_failed_source": "60/m/ip",  # one source, whatever the accounts
    "login_failed": "5/5m/key",  # codes of a second factor, of one account
}
MFA_ADAPTER = "trialscreen.institution.sign_in.adapters.Factors"
MFA_FORMS = {
    "authenticate": "trialscreen.institution.sign_in.forms.Code",
    "reauthenticate": "trialscreen.institution.sign_in.forms.CodeAgain",
    "activate_totp": "trialscreen.institution.sign_in.forms.FirstCode",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
SOCIALACCOUNT_ADAPTER = "trialscreen.institution.sign_in.hospital.Hospital"
SOCIALACCOUNT_STORE_TOKENS = False

MAPPED_ROLES = {"coordinator": True, "investigator": True, "monitor": False}
"""Roles that groups can give, and whether they are of one site. Administrators are made by administrators."""


class HospitalProvider(NamedTuple):
    """The hospital's identity provider (OpenID Connect)."""

    name: str
    """As it is called on the sign-in page; empty where there is none."""
    apps: list[dict[str, Any]]
    origins: list[str]
    username_claim: str
    groups_claim: str
    roles: list[tuple[str, str, str]]
    """Group, role, and code of the site, empty for a role at all sites."""


def hospital(env: Environment) -> HospitalProvider:
    """What `OIDC_ISSUER` and its companions describe; what is wrong with them is noted in `env.problems`."""
    issuer = env.text("OIDC_ISSUER").rstrip("/")
    named = HospitalProvider(
        name=env.text("OIDC_NAME", "the hospital's account") if issuer else "",
        apps=[],
        origins=[],
        username_claim=env.text("OIDC_USERNAME_CLAIM", "preferred_username"),
        groups_claim=env.text("OIDC_GROUPS_CLAIM", "groups"),
        roles=_roles(env),
    )
    if not issuer:
        return named
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if not env.text(name):
            env.problems.append(f"{name} is not set, and OIDC_ISSUER is")
    if not issuer.startswith("https://"):
        env.problems.append("OIDC_ISSUER must begin with https://")
    app = {
        "provider_id": "hospital",
        "name": named.name,
        "client_id": env.text("OIDC_CLIENT_ID"),
        "secret": env.text("OIDC_CLIENT_SECRET"),
        "settings": {"server_url": issuer, "fetch_userinfo": False},
    }
    address = urlsplit(issuer)
    return named._replace(apps=[app], origins=[f"{address.scheme}://{address.netloc}"])


def _roles(env: Environment) -> list[tuple[str, str, str]]:
    """Of ``group=coordinator@site; other group=monitor``."""
    found = []
    for entry in filter(None, (each.strip() for each in env.text("OIDC_ROLES").split(";"))):
        group, _, post = entry.rpartition("=")
        role, _, site = (each.strip() for each in post.partition("@"))
        if not group or role not in MAPPED_ROLES or MAPPED_ROLES[role] is not bool(site):
            env.problems.append(
                f"OIDC_ROLES holds {entry!r}; write group=coordinator@site or group=monitor"
            )
        else:
            found.append((group.strip(), role, site))
    return found
