"""Pages of signing in, of one's own account, and of who watches over both, each in its states."""

from __future__ import annotations

from typing import Final

from tests.screenshots import steps
from tests.screenshots.office import SAFE
from tests.screenshots.shot import ADMINISTRATOR, COORDINATOR, ELSEWHERE, Shot
from tests.screenshots.steps import presses, proves, then

CODES: Final = "/account/recovery-codes/"
NEW_PASSWORD: Final = "/sign-in/new-password/{key}/"
RECOVER: Final = "/security/people/{note}/"
WHO: Final = {"Your password": "a guess"}
SHORT: Final = {"New password": "short", "New password, once more": "shorter"}

BEFORE_ANYTHING: Final = (Shot("security-events-none", ADMINISTRATOR, "/security/events/"),)
"""Pages that are empty until something has happened: first of all rows."""

_SIGNING_IN: Final = (
    Shot("sign-in-code", "", "/sign-in/", first=steps.comes_to_the_code(SAFE)),
    Shot(
        "sign-in-code-refused",
        "",
        "/sign-in/",
        first=then(steps.comes_to_the_code(SAFE), presses("Go on", typing={"Code": "000000"})),
    ),
    Shot("sign-in-code-address", "", "/sign-in/code/"),
    Shot("forgotten", "", "/sign-in/forgotten/"),
    Shot(
        "forgotten-refused",
        "",
        "/sign-in/forgotten/",
        sent_to="/sign-in/forgotten/",
        fields={"email": "not an address"},
    ),
    Shot("forgotten-sent", "", "/sign-in/forgotten/sent/"),
    Shot("new-password-none", "", "/sign-in/new-password/1-2/"),
    Shot("new-password", "", NEW_PASSWORD, "forgetful"),
    Shot(
        "new-password-refused",
        "",
        NEW_PASSWORD,
        "forgetful",
        presses("Set the password", typing=SHORT),
    ),
    Shot("new-password-set", "", "/sign-in/new-password/set/"),
    Shot("invitation-none", "", "/invitation/?key=nothing"),
    Shot("invitation", "", "/invitation/?{key}", "invited"),
    Shot(
        "invitation-refused",
        "",
        "/invitation/?{key}",
        "invited",
        presses("Set the password", typing={"Password": "short", "Password again": "shorter"}),
    ),
)
_OF_ONES_OWN: Final = (
    Shot("account", SAFE, "/account/"),
    Shot("account-password-alone", COORDINATOR, "/account/"),
    Shot("account-administrator", ADMINISTRATOR, "/account/"),
    Shot("account-again", SAFE, "/account/again/?next=/account/"),
    Shot(
        "account-again-refused",
        SAFE,
        "/account/again/?next=/account/",
        first=presses("Go on", typing=WHO),
    ),
    Shot("account-again-code", SAFE, "/account/again/code/?next=/account/"),
    Shot(
        "account-again-code-refused",
        SAFE,
        "/account/again/code/?next=/account/",
        first=presses("Go on", typing={"Code": "000000"}),
    ),
    Shot("account-again-passkey", SAFE, "/account/again/passkey/?next=/account/"),
    Shot("second-factor", COORDINATOR, "/account/second-factor/"),
    Shot("authenticator", COORDINATOR, "/account/authenticator/", first=proves),
    Shot(
        "authenticator-refused",
        COORDINATOR,
        "/account/authenticator/",
        first=then(proves, presses("Turn it on", typing={"Code": "000000"})),
    ),
    Shot("authenticator-remove", SAFE, "/account/authenticator/remove/", first=proves),
    Shot("passkey-add", SAFE, "/account/passkeys/add/", first=proves),
    Shot(
        "passkey-add-refused",
        SAFE,
        "/account/passkeys/add/",
        first=proves,
        sent_to="/account/passkeys/add/",
        fields={"credential": "{}"},
    ),
    Shot("passkey-remove", SAFE, "/account/passkeys/{part}/remove/", "passkey", proves),
    Shot("recovery-codes", SAFE, CODES, first=proves),
    Shot("recovery-codes-new", SAFE, f"{CODES}new/", first=proves),
    Shot(
        "recovery-codes-once",
        SAFE,
        f"{CODES}new/",
        first=then(proves, presses("Make new ones")),
    ),
    Shot("sessions", SAFE, "/account/sessions/"),
    Shot("password", SAFE, "/account/password/"),
    Shot(
        "password-refused",
        SAFE,
        "/account/password/",
        first=presses("Change the password", typing={"Your password now": "a guess", **SHORT}),
    ),
    Shot("signed-in-again", SAFE, "/session/again/"),
)
_WATCHED: Final = (
    Shot("recover", ADMINISTRATOR, RECOVER, "safe", proves),
    Shot(
        "recover-refused",
        ADMINISTRATOR,
        RECOVER,
        "safe",
        proves,
        sent_to=RECOVER,
        fields={"how": "password", "reason": ""},
    ),
    Shot(
        "recover-link",
        ADMINISTRATOR,
        RECOVER,
        "safe",
        then(
            proves,
            presses(
                "Make a link to a new password", typing={"Why": "Came to the office in person."}
            ),
        ),
    ),
    Shot(
        "recover-alone",
        ADMINISTRATOR,
        RECOVER,
        "safe",
        then(proves, presses("Remove the second steps", typing={"Why": "Has lost the badge."})),
    ),
    Shot("sign-in-refused-often", "", "/sign-in/?again", first=steps.fails_to_sign_in(ELSEWHERE)),
    Shot("security-events", ADMINISTRATOR, "/security/events/"),
    Shot("security-trail", ADMINISTRATOR, "/security/trail/"),
)
ACCOUNTS: Final = (*_SIGNING_IN, *_OF_ONES_OWN, *_WATCHED)
