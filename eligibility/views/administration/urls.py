"""Addresses of administration, and of the versions of a trial."""

from __future__ import annotations

from django.urls import path

from eligibility.views import versions
from eligibility.views.administration import (
    client_keys,
    clients,
    links,
    people,
    review,
    senders,
    site_rules,
    sites,
    webhooks,
)
from eligibility.views.administration import record_systems as systems

_PEOPLE = "administration/people"
_SITES = "administration/sites"
_CLIENTS = "administration/clients"
_WEBHOOKS = "administration/webhooks"
_WEBHOOK = f"{_WEBHOOKS}/<int:webhook>"
_SYSTEMS = "administration/record-systems"

urlpatterns = [
    path("invitation/", links.invitation, name="invitation"),
    path(f"{_PEOPLE}/", people.people_page, name="administration-people"),
    path(f"{_PEOPLE}/invite/", people.invite, name="administration-invite"),
    path(f"{_PEOPLE}/<int:account>/", people.person_page, name="administration-person"),
    path(f"{_PEOPLE}/<int:account>/link/", people.invite_again, name="administration-link"),
    path(
        f"{_PEOPLE}/<int:account>/deactivate/", people.deactivate, name="administration-deactivate"
    ),
    path(
        f"{_PEOPLE}/<int:account>/reactivate/", people.reactivate, name="administration-reactivate"
    ),
    path(f"{_PEOPLE}/<int:account>/roles/give/", people.give_role, name="administration-give"),
    path(
        f"{_PEOPLE}/<int:account>/roles/<int:role>/end/", people.end_role, name="administration-end"
    ),
    path(f"{_SITES}/", sites.sites_page, name="administration-sites"),
    path(f"{_SITES}/new/", sites.add_site, name="administration-new-site"),
    path(f"{_SITES}/<slug:code>/", sites.site_page, name="administration-site"),
    path(f"{_SITES}/<slug:code>/change/", sites.change_site, name="administration-change-site"),
    path(f"{_SITES}/<slug:code>/close/", sites.close_site, name="administration-close-site"),
    path(f"{_SITES}/<slug:code>/approvals/", sites.add_approval, name="administration-approval"),
    path(
        f"{_SITES}/<slug:code>/approvals/<int:approval>/withdraw/",
        sites.withdraw_approval,
        name="administration-withdraw",
    ),
    path("administration/senders/", senders.senders_page, name="administration-senders"),
    path(
        f"{_SITES}/<slug:code>/senders/new/", senders.add_sender, name="administration-new-sender"
    ),
    path(
        f"{_SITES}/<slug:code>/senders/<int:sender>/end/",
        senders.end_sender,
        name="administration-end-sender",
    ),
    path(f"{_CLIENTS}/", clients.clients_page, name="administration-clients"),
    path(f"{_CLIENTS}/new/", clients.add_client, name="administration-new-client"),
    path(f"{_CLIENTS}/<int:client>/", clients.client_page, name="administration-client"),
    path(f"{_CLIENTS}/<int:client>/secret/", clients.new_secret, name="administration-secret"),
    path(
        f"{_CLIENTS}/<int:client>/deactivate/", clients.deactivate, name="administration-end-client"
    ),
    path(f"{_CLIENTS}/<int:client>/proof/", client_keys.set_proof, name="administration-proof"),
    path(f"{_CLIENTS}/<int:client>/keys/", client_keys.add_keys, name="administration-keys"),
    path(
        f"{_CLIENTS}/<int:client>/keys/<int:key>/end/",
        client_keys.end_key,
        name="administration-end-key",
    ),
    path(f"{_CLIENTS}/<int:client>/sites/<slug:code>/", clients.grant, name="administration-grant"),
    path(f"{_WEBHOOKS}/", webhooks.webhooks_page, name="administration-webhooks"),
    path(f"{_WEBHOOKS}/new/", webhooks.add_webhook, name="administration-new-webhook"),
    path(
        f"{_WEBHOOKS}/deliveries/<int:delivery>/again/",
        webhooks.send_again,
        name="administration-delivery-again",
    ),
    path(f"{_WEBHOOK}/", webhooks.webhook_page, name="administration-webhook"),
    path(f"{_WEBHOOK}/change/", webhooks.change_webhook, name="administration-change-webhook"),
    path(f"{_WEBHOOK}/secret/", webhooks.new_secret, name="administration-webhook-secret"),
    path(f"{_WEBHOOK}/pause/", webhooks.pause_webhook, name="administration-pause-webhook"),
    path(f"{_WEBHOOK}/resume/", webhooks.resume_webhook, name="administration-resume-webhook"),
    path(f"{_WEBHOOK}/end/", webhooks.end_webhook, name="administration-end-webhook"),
    path(f"{_WEBHOOK}/test/", webhooks.test_webhook, name="administration-test-webhook"),
    path(f"{_WEBHOOK}/again/", webhooks.send_again_since, name="administration-webhook-again"),
    path(f"{_SITES}/<slug:code>/rules/", site_rules.rules_page, name="administration-rules"),
    path(
        f"{_SITES}/<slug:code>/rules/policy/", site_rules.set_policy, name="administration-policy"
    ),
    path(
        f"{_SITES}/<slug:code>/rules/ranges/", site_rules.state_range, name="administration-range"
    ),
    path(
        f"{_SITES}/<slug:code>/rules/ranges/<int:limit>/",
        site_rules.state_range,
        name="administration-correct-range",
    ),
    path(
        f"{_SITES}/<slug:code>/rules/ranges/<int:limit>/end/",
        site_rules.stop_range,
        name="administration-end-range",
    ),
    path(f"{_SYSTEMS}/", systems.systems_page, name="administration-record-systems"),
    path(f"{_SYSTEMS}/new/", systems.add_system, name="administration-new-record-system"),
    path(f"{_SYSTEMS}/<int:system>/", systems.system_page, name="administration-record-system"),
    path(
        f"{_SYSTEMS}/<int:system>/storing/",
        systems.set_storing,
        name="administration-record-system-storing",
    ),
    path(
        f"{_SYSTEMS}/<int:system>/keys/",
        systems.add_keys,
        name="administration-record-system-keys",
    ),
    path(
        f"{_SYSTEMS}/<int:system>/keys/<int:key>/end/",
        systems.end_key,
        name="administration-record-system-end-key",
    ),
    path(
        f"{_SYSTEMS}/<int:system>/end/", systems.end_system, name="administration-end-record-system"
    ),
    path("trials/<str:nct_id>/versions/", versions.versions_page, name="trial-versions"),
    path(
        "trials/<str:nct_id>/versions/<str:version>/", versions.version_page, name="trial-version"
    ),
    path(
        "trials/<str:nct_id>/versions/<str:version>/changes/<str:earlier>/",
        versions.changes_page,
        name="trial-version-changes",
    ),
    path(
        "trials/<str:nct_id>/versions/<str:version>/impact/",
        versions.ask_impact,
        name="trial-version-impact",
    ),
    path(
        "trials/<str:nct_id>/versions/<str:version>/submit/",
        versions.submit_version,
        name="trial-version-submit",
    ),
    path(
        "trials/<str:nct_id>/versions/<str:version>/review/",
        versions.review_version,
        name="trial-version-review",
    ),
    path(
        "trials/<str:nct_id>/versions/<str:version>/send-back/",
        versions.send_version_back,
        name="trial-version-send-back",
    ),
    path(
        "trials/<str:nct_id>/versions/<str:version>/publish/",
        versions.publish_version,
        name="trial-version-publish",
    ),
    path("administration/review/", review.review_page, name="administration-review"),
]
