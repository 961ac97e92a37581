"""HL7 v2 messages that arrived: the list, one message, and processing it again."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from eligibility.list_forms import MessagesForm
from eligibility.presenters import messages as words
from patients import arrived
from patients.actions import Attribution
from patients.actions.message_replays import NotReplayable, replay, why_not
from patients.models import ReceivedMessage
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of


@require_safe
@for_staff()
def messages_page(request: HttpRequest) -> HttpResponse:
    """What arrived at the sites of who asks, the latest first."""
    sites = scope_of(request).site_ids
    asked = MessagesForm(request.GET).asked()
    rows, following = arrived.page(sites, asked)
    page = {
        "rows": words.present(rows),
        "outcomes": [
            (one, words.address(asked, outcome=one.value))
            for one in words.outcomes(asked, arrived.counted(sites, asked))
        ],
        "senders": words.senders(asked, arrived.senders_of(sites)),
        "asked": asked,
        "day": asked.day.isoformat() if asked.day else "",
        "filtered": any(asked),
        "next": words.address(asked, before=following) if following else "",
        "beginning": words.address(asked) if asked.before else "",
        "several_sites": len(sites) > 1,
    }
    return render(request, "incoming/messages.html", page)


@require_safe
@for_staff()
def message_page(request: HttpRequest, message: int) -> HttpResponse:
    """One message, segment by segment, and every try to apply it."""
    return _shown(request, _message(request, message))


@require_POST
@for_staff(May.WRITE_PATIENTS)
def replay_message(request: HttpRequest, message: int) -> HttpResponse:
    """Process a message that was refused once more."""
    held = _message(request, message)
    assert isinstance(request.user, Account)
    try:
        replay(held, by=Attribution(person=request.user), at=timezone.now())
    except NotReplayable as refused:
        return _shown(request, held, refused.sentence, status=409)
    return redirect("message", message=held.pk)


def _shown(
    request: HttpRequest, held: ReceivedMessage, refused: str = "", *, status: int = 200
) -> HttpResponse:
    page = {
        "message": held,
        "row": words.present([held])[0],
        "lines": words.lines(held),
        "tries": words.tries(held),
        "replayable": not why_not(held),
        "refused": refused,
    }
    return render(request, "incoming/message.html", page, status=status)


def _message(request: HttpRequest, key: int) -> ReceivedMessage:
    held = arrived.one_message(scope_of(request).site_ids, key)
    if held is None:
        raise Http404(key)
    return held
