"""Rows of the institution itself; nothing here is about a patient."""

from __future__ import annotations

from trialscreen.institution.models.accounts import Account
from trialscreen.institution.models.administration import (
    ApiClient,
    Invitation,
    RepeatedAct,
    RoleReview,
)
from trialscreen.institution.models.delegation import Delegation, Duty, PrincipalInvestigator
from trialscreen.institution.models.grants import ApiGrant
from trialscreen.institution.models.pulse import WorkerPulse
from trialscreen.institution.models.signing_keys import ClientKey, ShownToken
from trialscreen.institution.models.sites import SANDBOX, Site
from trialscreen.institution.models.staff import Role, StaffRole
from trialscreen.institution.models.trail import INSTITUTION, TrailEntry, TrailHead, TrailLink

__all__ = [
    "INSTITUTION",
    "SANDBOX",
    "Account",
    "ApiClient",
    "ApiGrant",
    "ClientKey",
    "Delegation",
    "Duty",
    "Invitation",
    "PrincipalInvestigator",
    "RepeatedAct",
    "Role",
    "RoleReview",
    "ShownToken",
    "Site",
    "StaffRole",
    "TrailEntry",
    "TrailHead",
    "TrailLink",
    "WorkerPulse",
]
