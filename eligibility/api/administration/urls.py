"""Addresses of administration, below ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from eligibility.api.administration import clients, people, rules, sites

SITE = "sites/<slug:code>/"
PERSON = "people/<int:account>/"
CLIENT = "clients/<int:client>/"
ROUTES = (
    ("sites/", sites.Sites, "sites"),
    (SITE, sites.OneSite, "site-one"),
    (f"{SITE}close/", sites.CloseSite, "close-site"),
    (f"{SITE}parts/", sites.Parts, "parts"),
    (f"{SITE}parts/<str:part>/", sites.OnePart, "part-one"),
    (f"{SITE}staff/", people.Staff, "staff"),
    (f"{SITE}approvals/", rules.Approvals, "approvals"),
    (f"{SITE}approvals/<int:approval>/withdraw/", rules.WithdrawApproval, "withdraw-approval"),
    (f"{SITE}reference-ranges/", rules.Ranges, "ranges"),
    (f"{SITE}reference-ranges/<int:limit>/correct/", rules.CorrectRange, "correct-range"),
    (f"{SITE}reference-ranges/<int:limit>/end/", rules.EndRange, "end-range"),
    (f"{SITE}policies/", rules.Policies, "policies"),
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
    (f"{CLIENT}deactivate/", clients.EndClient, "end-client"),
    ("access-review/", people.AccessReview, "review"),
)
urlpatterns = [
    path(where, view.as_view(), name=f"api-administration-{name}") for where, view, name in ROUTES
]
