"""The page on which somebody records what was not as the protocol asks."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from eligibility import actions, listing
from eligibility.presenters import screenings
from eligibility.screening_forms import DeviationForm
from eligibility.views.screening_doors import Asked
from eligibility.views.screenings import asked_of, back_from, or_refused, panel_of, patient_of
from trialscreen.institution.access import for_staff
from trialscreen.institution.rights import May


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(May.WRITE_PATIENTS)
def deviation_page(request: HttpRequest, screening: UUID) -> HttpResponse:
    """Record a deviation. Recorded, it leads back to the patient; refused, it says why and keeps what was typed."""
    asked, status = asked_of(request, screening), 200
    named = [(one.id, str(one.title)) for one in asked.protocol.criteria]
    form = DeviationForm(request.POST if request.method == "POST" else None, criteria=named)
    if request.method == "POST":
        status = _recorded(asked, form)
        if status == 302:
            return redirect(back_from(asked.held))
        asked = asked_of(request, screening)
    form.as_it_is(version=asked.held.version)
    examined = listing.examine(asked.held.patient_id, protocol=asked.protocol, on=asked.on)
    page = {
        "act": "deviation",
        "verb": screenings.RECORD_DEVIATION,
        "form": form,
        "screening": panel_of(request, asked.held, examined, asked.on),
        "patient": patient_of(request, asked.held, asked.on),
        "back": back_from(asked.held),
    }
    return render(request, "screenings/act.html", page, status=status)


def _recorded(asked: Asked, form: DeviationForm) -> int:
    """Keep it: 302. Else the status of the refusal, which stands in the form."""
    if not form.is_valid():
        return 422
    said = form.cleaned_data
    return or_refused(
        form,
        lambda: actions.record_deviation(
            asked.held.pk,
            by=asked.by,
            protocol=asked.protocol,
            on=asked.on,
            seen=said["version"],
            criterion=said["criterion"],
            text=said["text"],
            occurred_on=said["occurred_on"],
        ),
    )
