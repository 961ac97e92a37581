"""The second component of a signature: the signer's own password, given again (21 CFR 11.200(a)(1))."""

from __future__ import annotations

import structlog
from django.utils.translation import gettext as _

from trialscreen.institution.models import Account
from trialscreen.institution.not_done import NotDone
from trialscreen.institution.sign_in.limits import SIGNING
from trialscreen.institution.trail.actions import Word, note_whatever_happens

log = structlog.get_logger(__name__)


def must_be_own_password(account: Account, password: str, *, what: str, which: str) -> None:
    """Whether this is the password of who signs `what`, the one called `which`.

    Raises:
        NotDone: somebody else chose the password; it is another; or too many were. Each leaves an entry in the trail.
    """
    told = {"about": "account", "key": str(account.pk)}
    if account.password_set_by_other:
        note_whatever_happens(
            Word.SIGNING_FAILED,
            circumstances={"what": what, "which": which, "because": "password-of-other"},
            **told,
        )
        raise NotDone(
            "password-of-other",
            _("Somebody else chose your password: choose your own before you sign."),
        )
    wait = SIGNING.spend(account.pk)
    if not wait and account.check_password(password):
        SIGNING.forget(account.pk)
        return
    because = "too-many" if wait else "password"
    log.warning("signing_failed", account=account.pk, because=because)
    note_whatever_happens(
        Word.SIGNING_FAILED,
        circumstances={"what": what, "which": which, "because": because},
        **told,
    )
    if wait:
        minutes = -(-wait // 60)
        raise NotDone(
            "too-many",
            _(
                "Too many wrong passwords: you can sign again in %(minutes)d min. Nothing was signed."
            )
            % {"minutes": minutes},
        )
    raise NotDone("password", _("That is not your password: nothing was signed."))
