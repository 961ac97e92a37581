"""Addresses of administration."""

from __future__ import annotations

from django.urls import path

from eligibility.views.administration import links, people

_PEOPLE = "administration/people"

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
]
