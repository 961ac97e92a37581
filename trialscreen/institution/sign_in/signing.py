"""The second component of a signature: the signer shows who they are once more (21 CFR 11.200(a)(1)).

By the password; by a passkey that asks for a finger, a face or a PIN (:mod:`.passkey_signing`); or, for who has no
password here, by having signed in anew at the hospital's identity provider (:mod:`.provider_signing`).
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import structlog
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trialscreen.institution.models import Account
from trialscreen.institution.not_done import NotDone
from trialscreen.institution.sign_in.limits import SIGNING
from trialscreen.institution.trail.actions import Word, note_whatever_happens

log = structlog.get_logger(__name__)


class How(TextChoices):
    """By what a signer has shown who they are; kept with the signature."""

    PASSWORD = "password", gettext_lazy("password")
    PASSKEY = "passkey", gettext_lazy("passkey")
    PROVIDER = "provider", gettext_lazy("new sign-in at the hospital's identity provider")


class Signing(NamedTuple):
    """What is to be signed: its kind, which one, and the sum over what was shown of it."""

    what: str
    which: str
    over: str


class Shown(Protocol):
    """Something else than a password, which is good for one signing, once."""

    @property
    def how(self) -> How: ...

    def is_good(self, account: Account, signing: Signing) -> bool: ...


def must_be_signer(account: Account, given: str | Shown, signing: Signing) -> How:
    """Whether it is this person who signs; by what they have shown that.

    Raises:
        NotDone: it is not, or it was tried too often. Each leaves an entry in the trail.
    """
    if isinstance(given, str):
        must_be_own_password(account, given, what=signing.what, which=signing.which)
        return How.PASSWORD
    wait = SIGNING.spend(account.pk)
    if not wait and given.is_good(account, signing):
        SIGNING.forget(account.pk)
        return given.how
    because = "too-many" if wait else given.how.value
    _failed(account, because, what=signing.what, which=signing.which)
    if wait:
        raise _too_many(wait)
    raise NotDone(given.how.value, _not_taken(given.how))


def must_be_own_password(account: Account, password: str, *, what: str, which: str) -> None:
    """Whether this is the password of who signs `what`, the one called `which`.

    Raises:
        NotDone: somebody else chose the password; it is another; or too many were. Each leaves an entry in the trail.
    """
    if account.password_set_by_other:
        _failed(account, "password-of-other", what=what, which=which)
        raise NotDone(
            "password-of-other",
            _("Somebody else chose your password: choose your own before you sign."),
        )
    wait = SIGNING.spend(account.pk)
    if not wait and account.check_password(password):
        SIGNING.forget(account.pk)
        return
    _failed(account, "too-many" if wait else "password", what=what, which=which)
    if wait:
        raise _too_many(wait)
    raise NotDone("password", _("That is not your password: nothing was signed."))


def _failed(account: Account, because: str, *, what: str, which: str) -> None:
    log.warning("signing_failed", account=account.pk, because=because)
    note_whatever_happens(
        Word.SIGNING_FAILED,
        circumstances={"what": what, "which": which, "because": because},
        about="account",
        key=str(account.pk),
    )


def _too_many(wait: int) -> NotDone:
    said = _(
        "Too many attempts to sign that failed: you can sign again in %(minutes)d min. Nothing was signed."
    )
    return NotDone("too-many", said % {"minutes": -(-wait // 60)})


def _not_taken(how: How) -> str:
    if how is How.PASSKEY:
        return _(
            "The passkey was not taken: it is another person's, was used already, or the page was open for longer than "
            "ten minutes. Nothing was signed; try again now."
        )
    return _(
        "Your new sign-in at the identity provider is not there, was used already, or is older than five minutes. "
        "Nothing was signed; sign in there again."
    )
