"""Which tables are shown, and which of their columns: no secret, no password, and nothing of a patient."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import display
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import Application

from eligibility.models import (
    ProtocolVersion,
    SiteApproval,
    SitePart,
    SitePolicy,
    Trial,
    TrialPart,
)
from patients.models import ReferenceRange
from trialscreen.institution.models import Account, ApiClient, ApiGrant, Site, StaffRole
from trialscreen.wiring.setup.site import Looked, SetupSite

TRIAL = "NCT00514085"
ABOUT_SITES, ABOUT_PEOPLE, ABOUT_TRIALS = _("Sites"), _("People"), _("The trial")
ABOUT_CLIENTS, ABOUT_RULES = _("API clients"), _("What sites set of the rules")


class Sites(Looked):
    about = ABOUT_SITES
    title = _("Sites")
    list_display = ("code", "name", "city", "time_zone", "opened_on", "closed_on")
    fields = ("code", "name", "city", "postal_code", "time_zone", "opened_on", "closed_on")
    search_fields = ("code", "name", "city")
    page = "administration-sites"


class Accounts(Looked):
    about = ABOUT_PEOPLE
    title = _("Accounts")
    list_display = ("username", "name", "email", "is_active", "created_at")
    fields = (*list_display, "last_login", "password_set_by_other")
    search_fields = ("username", "name", "email")
    list_filter = ("is_active",)
    page = "administration-people"


class Roles(Looked):
    about = ABOUT_PEOPLE
    title = _("Roles of people")
    list_display = ("account", "role", "site", "first_day", "last_day", "ended_at")
    fields = list_display
    list_select_related = ("account", "site")
    search_fields = ("account__username", "account__name", "site__code")
    list_filter = ("role",)
    page = "administration-people"


class Trials(Looked):
    about = ABOUT_TRIALS
    title = _("Trials")
    list_display = ("number", "title")
    fields = list_display
    page, page_of = "trial-versions", TRIAL


class Versions(Looked):
    about = ABOUT_TRIALS
    title = _("Versions of the criteria")
    list_display = ("trial", "version", "digest", "published_at")
    fields = list_display
    list_select_related = ("trial",)
    page, page_of = "trial-versions", TRIAL


class Parts(Looked):
    about = ABOUT_TRIALS
    title = _("Parts of trials")
    list_display = ("name_in_words", "ceiling", "registered", "opened_on", "closed_on")
    fields = ("trial", "name", "title", *list_display[1:])
    page, page_of = "opening", TRIAL

    @display(description=_("Part"), ordering="name")
    def name_in_words(self, held: Any) -> str:
        return str(held)


class PartsAtSites(Looked):
    about = ABOUT_SITES
    title = _("Parts at sites")
    list_display = ("site", "part", "ceiling", "registered", "opened_on", "closed_on")
    fields = list_display
    list_select_related = ("site", "part")
    search_fields = ("site__code", "site__name")
    page, page_of = "opening", TRIAL


class Approvals(Looked):
    about = ABOUT_SITES
    title = _("Approvals")
    list_display = ("reference", "site", "kind", "approved_on", "expires_on", "withdrawn_on")
    fields = ("site", "trial", "kind", "reference", "approved_on", "expires_on", "recorded_by")
    list_select_related = ("site",)
    list_filter = ("kind",)
    page = "administration-sites"


class Clients(Looked):
    about = ABOUT_CLIENTS
    title = _("API clients")
    list_display = ("name", "client_id", "created")
    fields = ("name", "client_id", "client_type", "authorization_grant_type", "created")
    search_fields = ("name",)
    page = "administration-clients"


class KeptOfClients(Looked):
    about = ABOUT_CLIENTS
    title = _("Contacts and secrets’ days")
    list_display = ("application", "contact", "secret_since", "old_until", "ended_at")
    fields = list_display
    list_select_related = ("application",)
    page = "administration-clients"


class Grants(Looked):
    about = ABOUT_CLIENTS
    title = _("Rights at sites")
    list_display = ("application", "site", "scopes")
    fields = list_display
    list_select_related = ("application", "site")
    search_fields = ("application__name", "site__code")
    page = "administration-clients"


class Ranges(Looked):
    about = ABOUT_RULES
    title = _("Reference ranges")
    list_display = (
        *("site", "analyte", "high", "unit", "laboratory", "sex"),
        *("valid_from", "valid_to", "superseded_version"),
    )
    fields = (*list_display, "age_low", "age_high", "stated", "recorded_at", "since_version")
    list_select_related = ("site",)
    list_filter = ("analyte",)
    search_fields = ("site__code", "laboratory")
    page = "administration-sites"


class Policies(Looked):
    about = ABOUT_RULES
    title = _("Policy windows")
    list_display = ("site", "trial", "effective_from", "by", "recorded_at")
    fields = ("site", "trial", "effective_from", "values", "reason", "by", "recorded_at")
    list_select_related = ("site", "trial", "by")
    page = "administration-sites"


site = SetupSite(name="setup")
for model, table in (
    (Site, Sites),
    (Account, Accounts),
    (StaffRole, Roles),
    (Trial, Trials),
    (ProtocolVersion, Versions),
    (TrialPart, Parts),
    (SitePart, PartsAtSites),
    (SiteApproval, Approvals),
    (Application, Clients),
    (ApiClient, KeptOfClients),
    (ApiGrant, Grants),
    (ReferenceRange, Ranges),
    (SitePolicy, Policies),
):
    site.register(model, table)
