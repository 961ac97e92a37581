"""Addresses of administration, below ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from eligibility.api.administration import (
    clients,
    conduct,
    people,
    record_systems,
    rules,
    senders,
    sites,
    webhooks,
)

SITE = "sites/<slug:code>/"
PERSON = "people/<int:account>/"
CLIENT = "clients/<int:client>/"
WEBHOOK = "webhooks/<int:webhook>/"
SYSTEM = "record-systems/<int:system>/"
ROUTES = (
    ("sites/", sites.Sites, "sites"),
    (SITE, sites.OneSite, "site-one"),
    (f"{SITE}close/", sites.CloseSite, "close-site"),
    (f"{SITE}parts/", sites.Parts, "parts"),
    (f"{SITE}parts/<str:part>/", sites.OnePart, "part-one"),
    (f"{SITE}principals/", conduct.Principals, "principals"),
    (f"{SITE}delegations/", conduct.DelegationLog, "delegations"),
    (f"{SITE}delegations/<int:entry>/end/", conduct.EndDelegation, "end-delegation"),
    ("trials/<str:nct_id>/parts/", conduct.TrialParts, "trial-parts"),
    ("trials/<str:nct_id>/parts/<str:part>/", conduct.OneTrialPart, "trial-part"),
    (f"{SITE}staff/", people.Staff, "staff"),
    (f"{SITE}approvals/", rules.Approvals, "approvals"),
    (f"{SITE}approvals/<int:approval>/withdraw/", rules.WithdrawApproval, "withdraw-approval"),
    (f"{SITE}reference-ranges/", rules.Ranges, "ranges"),
    (f"{SITE}reference-ranges/<int:limit>/correct/", rules.CorrectRange, "correct-range"),
    (f"{SITE}reference-ranges/<int:limit>/end/", rules.EndRange, "end-range"),
    (f"{SITE}policies/", rules.Policies, "policies"),
    (f"{SITE}message-senders/", senders.Senders, "senders"),
    (f"{SITE}message-senders/<int:sender>/end/", senders.EndSender, "end-sender"),
    ("people/", people.People, "people"),
    (PERSON, people.OnePerson, "person"),
    (f"{PERSON}deactivate/", people.Deactivate, "deactivate"),
    (f"{PERSON}reactivate/", people.Reactivate, "reactivate"),
    (f"{PERSON}link/", people.InviteAgain, "invite-again"),
    (f"{PERSON}roles/", people.Roles, "roles"),
    (f"{PERSON}roles/<int:role>/end/", people.EndRole, "end-role"),
    ("clients/", clients.Clients, "clients"),
    (CLIENT, clients.OneClient, "client"),
    (f"{CLIENT}sites/<slug:code>/", clients.Grant, "grant"),
    (f"{CLIENT}rotate/", clients.Rotate, "rotate"),
    (f"{CLIENT}proof/", clients.Proof, "proof"),
    (f"{CLIENT}keys/", clients.Keys, "keys"),
    (f"{CLIENT}keys/<int:key>/end/", clients.EndKey, "end-key"),
    (f"{CLIENT}deactivate/", clients.EndClient, "end-client"),
    ("record-systems/", record_systems.Systems, "record-systems"),
    (SYSTEM, record_systems.OneSystem, "record-system"),
    (f"{SYSTEM}storing/", record_systems.Storing, "record-system-storing"),
    (f"{SYSTEM}keys/", record_systems.Keys, "record-system-keys"),
    (f"{SYSTEM}keys/<int:key>/end/", record_systems.EndKey, "record-system-end-key"),
    (f"{SYSTEM}end/", record_systems.EndSystem, "end-record-system"),
    ("access-review/", people.AccessReview, "review"),
)
_WEBHOOKS = (
    ("webhooks/", webhooks.Webhooks, "s"),
    (WEBHOOK, webhooks.OneWebhook, ""),
    (f"{WEBHOOK}rotate/", webhooks.RotateSecret, "-rotate"),
    (f"{WEBHOOK}pause/", webhooks.Pause, "-pause"),
    (f"{WEBHOOK}resume/", webhooks.Resume, "-resume"),
    (f"{WEBHOOK}end/", webhooks.End, "-end"),
    (f"{WEBHOOK}test/", webhooks.SendTest, "-test"),
    (f"{WEBHOOK}deliveries/", webhooks.Deliveries, "-deliveries"),
    (f"{WEBHOOK}replay/", webhooks.ReplaySince, "-replay-since"),
    ("webhooks/deliveries/<int:delivery>/replay/", webhooks.Replay, "-replay"),
)
urlpatterns = [
    *(
        path(where, view.as_view(), name=f"api-administration-{name}")
        for where, view, name in ROUTES
    ),
    *(path(where, view.as_view(), name=f"api-webhook{name}") for where, view, name in _WEBHOOKS),
]
