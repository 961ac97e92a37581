"""Pages of administration: people, sites, clients and the review of access, each in its states."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from tests.screenshots.office import OTHER
from tests.screenshots.scene import SITE
from tests.screenshots.shot import ADMINISTRATOR, COORDINATOR, Shot

PEOPLE: Final = "/administration/people/"
PERSON: Final = PEOPLE + "{note}/"
SITES: Final = "/administration/sites/"
HERE: Final = f"{SITES}{SITE}/"
RULES: Final = f"{SITES}{OTHER}/rules/"
CLIENTS: Final = "/administration/clients/"
CLIENT: Final = CLIENTS + "{note}/"
WEBHOOKS: Final = "/administration/webhooks/"
WEBHOOK: Final = WEBHOOKS + "{note}/"
SYSTEMS: Final = "/administration/record-systems/"
SYSTEM: Final = SYSTEMS + "{note}/"


def _asked(name: str, path: str, scene: str = "", /, **typed: str) -> tuple[Shot, Shot]:
    """The page of one act, and the same after a form that cannot be used."""
    fields = typed or {"reason": ""}
    refused = Shot(f"{name}-refused", ADMINISTRATOR, path, scene, sent_to=path, fields=fields)
    return Shot(name, ADMINISTRATOR, path, scene), refused


_PEOPLE: Final = (
    Shot("people", ADMINISTRATOR, PEOPLE),
    Shot("people-deactivated", ADMINISTRATOR, f"{PEOPLE}?show=deactivated"),
    Shot("people-nobody-matches", ADMINISTRATOR, f"{PEOPLE}?q=nobody+is+called+so"),
    *_asked("invite", f"{PEOPLE}invite/", name="", username="Not A Name", email="x", role="king"),
    Shot(
        "invite-link",
        ADMINISTRATOR,
        f"{PEOPLE}invite/",
        sent_to=f"{PEOPLE}invite/",
        fields={
            "name": "Ilse Marchetti (invented)",
            "username": "ilse.marchetti",
            "email": "ilse.marchetti@hospital.invalid",
            "role": "monitor",
            "first_day": timezone.localdate().isoformat(),
        },
    ),
    Shot("person", ADMINISTRATOR, PERSON, "safe"),
    Shot("person-invited", ADMINISTRATOR, PERSON, "invited"),
    Shot("person-deactivated", ADMINISTRATOR, PERSON, "gone"),
    Shot("person-no-link", ADMINISTRATOR, PERSON, "safe", sent_to=PERSON + "link/"),
    *_asked("role-give", PERSON + "roles/give/", "safe", role="king", first_day="soon"),
    *_asked("role-end", PERSON + "roles/{part}/end/", "safe", last_day="soon"),
    *_asked("deactivate", PERSON + "deactivate/", "safe"),
    *_asked("reactivate", PERSON + "reactivate/", "gone"),
)
_SITES: Final = (
    Shot("sites", ADMINISTRATOR, SITES),
    *_asked("site-new", f"{SITES}new/", code="Not A Code", opened_on="soon"),
    Shot("site", ADMINISTRATOR, HERE),
    Shot("site-bare", ADMINISTRATOR, f"{SITES}hamilton/"),
    *_asked("site-change", f"{HERE}change/", name=""),
    *_asked("site-close", f"{HERE}close/", closed_on="soon"),
    *_asked("approval", f"{HERE}approvals/", kind="king", approved_on="soon"),
    *_asked("approval-withdraw", HERE + "approvals/{note}/withdraw/", "approval"),
    Shot("rules", ADMINISTRATOR, RULES),
    Shot("rules-none", ADMINISTRATOR, f"{HERE}rules/"),
    *_asked("policy", f"{RULES}policy/", effective_from="soon"),
    *_asked("range", f"{RULES}ranges/", high="1,5", valid_from="soon"),
    *_asked("range-correct", RULES + "ranges/{note}/", "range", high="1,5"),
    *_asked("range-end", RULES + "ranges/{note}/end/", "range", last_day="soon"),
)
SETUP: Final = "/setup/"
ACCOUNTS: Final = f"{SETUP}institution/account/"
_SETUP: Final = (
    Shot("setup", ADMINISTRATOR, SETUP),
    Shot("setup-accounts", ADMINISTRATOR, ACCOUNTS),
    Shot("setup-accounts-none", ADMINISTRATOR, f"{ACCOUNTS}?q=nobody+is+called+so"),
    Shot("setup-account", ADMINISTRATOR, ACCOUNTS + "{note}/", "safe"),
)
_CLIENTS: Final = (
    Shot("clients", ADMINISTRATOR, CLIENTS),
    *_asked("client-new", f"{CLIENTS}new/", name=""),
    Shot(
        "client-secret",
        ADMINISTRATOR,
        f"{CLIENTS}new/",
        sent_to=f"{CLIENTS}new/",
        fields={"name": "Registry feed", "contact": "Data office"},
    ),
    Shot("client", ADMINISTRATOR, CLIENT, "client"),
    *_asked("client-grant", CLIENT + f"sites/{SITE}/", "client", rights="everything"),
    *_asked("client-new-secret", CLIENT + "secret/", "client", overlap_hours="soon"),
    Shot("client-signing", ADMINISTRATOR, CLIENT, "signing"),
    *_asked("client-proof", CLIENT + "proof/", "signing", proof="faith"),
    *_asked("client-keys", CLIENT + "keys/", "signing", jwks="https://client.invalid/jwks"),
    *_asked("client-key-end", CLIENT + "keys/{part}/end/", "signing", overlap_hours="soon"),
    *_asked("client-end", CLIENT + "deactivate/", "client"),
)
_WEBHOOKS: Final = (
    Shot("webhooks", ADMINISTRATOR, WEBHOOKS),
    *_asked("webhook-new", f"{WEBHOOKS}new/", name="", url="http://here", format="x"),
    Shot("webhook", ADMINISTRATOR, WEBHOOK, "webhook"),
    Shot("webhook-parked", ADMINISTRATOR, WEBHOOK + "?state=parked", "webhook"),
    Shot("webhook-paused", ADMINISTRATOR, WEBHOOK, "webhook-paused"),
    *_asked("webhook-change", WEBHOOK + "change/", "webhook", name="", url="x"),
    *_asked("webhook-new-secret", WEBHOOK + "secret/", "webhook", overlap_hours="soon"),
    Shot(
        "webhook-secret",
        ADMINISTRATOR,
        WEBHOOK + "secret/",
        "webhook",
        sent_to=WEBHOOK + "secret/",
        fields={"overlap_hours": "24", "reason": "Yearly change."},
    ),
    *_asked("webhook-pause", WEBHOOK + "pause/", "webhook"),
    Shot("webhook-resume", ADMINISTRATOR, WEBHOOK + "resume/", "webhook-paused"),
    *_asked("webhook-end", WEBHOOK + "end/", "webhook"),
    Shot("webhook-test", ADMINISTRATOR, WEBHOOK + "test/", "webhook"),
    *_asked("webhook-again", WEBHOOK + "again/", "webhook", since="yesterday"),
    Shot("webhook-send-again", ADMINISTRATOR, WEBHOOKS + "deliveries/{part}/again/", "webhook"),
)
_SYSTEMS: Final = (
    Shot("record-systems", ADMINISTRATOR, SYSTEMS),
    *_asked("record-system-new", f"{SYSTEMS}new/", name=""),
    Shot("record-system", ADMINISTRATOR, SYSTEM, "record-system"),
    *_asked("record-system-storing", SYSTEM + "storing/", "record-system", stores="perhaps"),
    *_asked("record-system-keys", SYSTEM + "keys/", "record-system", jwks="{}"),
    *_asked("record-system-key-end", SYSTEM + "keys/{part}/end/", "record-system"),
    *_asked("record-system-end", SYSTEM + "end/", "record-system"),
)
_REVIEW: Final = (
    Shot("review", ADMINISTRATOR, "/administration/review/"),
    Shot(
        "review-refused",
        ADMINISTRATOR,
        "/administration/review/",
        sent_to="/administration/review/",
        fields={"roles": "0"},
    ),
    Shot("not-an-administrator", COORDINATOR, PEOPLE),
)
ADMINISTRATION: Final = (
    *_PEOPLE,
    *_SITES,
    *_CLIENTS,
    *_WEBHOOKS,
    *_SYSTEMS,
    *_SETUP,
    *_REVIEW,
)
