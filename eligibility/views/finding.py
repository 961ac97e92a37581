"""Searching. What is typed comes in a body and goes on as a sealed part of an address: no address names a patient."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from eligibility.list_forms import PatientsForm, WorklistForm
from eligibility.presenters import patients, worklist
from trialscreen.institution.access import for_staff


@require_POST
@for_staff()
def find_patients(request: HttpRequest) -> HttpResponse:
    """To the list of patients with what was typed and chosen. What cannot be meant is left out, not refused."""
    asked = PatientsForm(request.POST).asked()
    return redirect(reverse("patients") + patients.address(asked))


@require_POST
@for_staff()
def find_screenings(request: HttpRequest) -> HttpResponse:
    """To the worklist with what was typed and chosen."""
    asked = WorklistForm(request.POST).asked()
    return redirect(reverse("worklist") + worklist.address(asked))
