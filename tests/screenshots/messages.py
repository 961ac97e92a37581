"""Messages that arrived: one applied, one sent twice, one refused; and who may send them."""

from __future__ import annotations

from typing import Final

from patients.models import MessageSender, ReceivedMessage
from tests.screenshots.scene import NOBODY, SITE, Scene
from tests.screenshots.shot import ADMINISTRATOR, COORDINATOR, ELSEWHERE, Shot
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring import demonstration_messages

_NEW: Final = f"/administration/sites/{SITE}/senders/new/"
_ONE: Final = "/incoming/messages/{note}/"
MESSAGES: Final = (
    Shot("messages", COORDINATOR, "/incoming/messages/"),
    Shot("messages-none-match", COORDINATOR, "/incoming/messages/?day=2020-01-01"),
    Shot("messages-none", ELSEWHERE, "/incoming/messages/"),
    Shot("message-applied", COORDINATOR, _ONE, "message-applied"),
    Shot("message-refused", COORDINATOR, _ONE, "message-refused"),
    Shot("message-not-replayed", COORDINATOR, _ONE, "message-applied", sent_to=f"{_ONE}replay/"),
    Shot("senders", ADMINISTRATOR, "/administration/senders/"),
    Shot("sender-new", ADMINISTRATOR, _NEW),
    Shot("sender-not-registered", ADMINISTRATOR, _NEW, sent_to=_NEW, fields={"name": "Feed"}),
    Shot(
        "sender-end",
        ADMINISTRATOR,
        f"/administration/sites/{SITE}/senders/{{note}}/end/",
        "sender",
    ),
)


def made(site: Site) -> dict[str, Scene]:
    """The messages of the demonstration."""
    demonstration_messages.send()
    with use_sites([site.pk]):
        held = {one.outcome: one.pk for one in ReceivedMessage.objects.filter(site=site)}
        sender = MessageSender.objects.get(site=site).pk
    scenes = [
        Scene("message-applied", NOBODY, NOBODY, held["applied"]),
        Scene("message-refused", NOBODY, NOBODY, held["refused"]),
        Scene("sender", NOBODY, NOBODY, sender),
    ]
    return {one.name: one for one in scenes}
