"""Webhooks: the list, one endpoint's page with what was sent, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eligibility import webhooks as held_webhooks
from eligibility.actions import resending
from eligibility.actions import webhooks as acts
from eligibility.administration_forms.fields import ReasonForm
from eligibility.administration_forms.webhooks import (
    ChangeWebhookForm,
    SinceForm,
    WebhookForm,
    WebhookSecretForm,
)
from eligibility.models import Dispatch
from eligibility.presenters import webhooks as words
from eligibility.sending import rules
from eligibility.views.administration.acts import Act, Crumb, administrator, ask, done, posted
from trialscreen.institution.conduct import Conduct, for_conduct

ON_A_PAGE: Final = 25
_ANY: Final = ["GET", "HEAD", "POST"]


@require_safe
@for_conduct(Conduct.MANAGE)
def webhooks_page(request: HttpRequest) -> HttpResponse:
    rows = held_webhooks.endpoints().order_by("ended_at", "site__city", "name", "pk")
    shown = [words.present(one, at=timezone.now()) for one in rows]
    running = [one for one in shown if one.is_active]
    page = {"webhooks": running, "ended": [one for one in shown if not one.is_active]}
    return render(request, "administration/webhooks.html", page)


@require_http_methods(_ANY)
@never_cache
@for_conduct(Conduct.MANAGE)
def add_webhook(request: HttpRequest) -> HttpResponse:
    form, now, by = WebhookForm(posted(request)), timezone.now(), administrator(request)
    origin = request.build_absolute_uri("/").rstrip("/")
    made: list[acts.Registered] = []

    def register(given: dict[str, Any]) -> None:
        made.append(acts.register_endpoint(**given, origin=origin, rules=rules(), by=by, at=now))

    if done(form, register):
        return _told_once(request, made[0])
    act = Act(
        title=_("A new webhook"),
        verb=_("Register the webhook"),
        form=form,
        crumbs=(_webhooks(),),
        lead=_("Its secret is shown once. It is told of what happens from then on."),
    )
    return ask(request, act)


@require_safe
@for_conduct(Conduct.MANAGE)
def webhook_page(request: HttpRequest, webhook: int) -> HttpResponse:
    held = _webhook(webhook)
    state = request.GET.get("state", "")
    if state not in dict(Dispatch.STATES):
        state = ""
    rows = held_webhooks.deliveries(webhook, state=state).order_by("-pk")
    part = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    tried = held_webhooks.attempts([one.pk for one in part])
    active = held.ended_at is None
    page = {
        "one": words.present(held, at=timezone.now()),
        "deliveries": [words.sent(one, tried[one.pk], is_active=active) for one in part],
        "states": words.states(state),
        "state": state,
        "part": part,
    }
    return render(request, "administration/webhook.html", page)


@require_http_methods(_ANY)
@for_conduct(Conduct.MANAGE)
def change_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    held, by = _webhook(webhook), administrator(request)
    now = {"name": held.name, "url": held.url, "events": held.events, "format": held.format}
    form = ChangeWebhookForm(posted(request), initial=now)
    if done(form, lambda given: acts.change_endpoint(webhook, **given, rules=rules(), by=by)):
        return redirect("administration-webhook", webhook=webhook)
    act = Act(
        title=say("Change %(name)s") % {"name": held.name},
        verb=_("Change the webhook"),
        form=form,
        crumbs=(_webhooks(), _to(held)),
        lead=_("What waits is sent to the new URL, in the new format."),
    )
    return ask(request, act)


@require_http_methods(_ANY)
@never_cache
@for_conduct(Conduct.MANAGE)
def new_secret(request: HttpRequest, webhook: int) -> HttpResponse:
    held, now, by = _webhook(webhook), timezone.now(), administrator(request)
    form = WebhookSecretForm(posted(request), initial={"overlap_hours": 24})
    made: list[acts.Registered] = []
    if done(form, lambda given: made.append(acts.rotate_secret(webhook, **given, by=by, at=now))):
        return _told_once(request, made[0])
    act = Act(
        title=say("A new secret for %(name)s") % {"name": held.name},
        verb=_("Make a new secret"),
        form=form,
        crumbs=(_webhooks(), _to(held)),
    )
    return ask(request, act)


@require_http_methods(_ANY)
@for_conduct(Conduct.MANAGE)
def pause_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    now, by = timezone.now(), administrator(request)
    return _ask_about(
        request,
        webhook,
        ReasonForm(posted(request)),
        lambda given: acts.pause_endpoint(webhook, **given, by=by, at=now),
        title="Pause %(name)s",
        verb=_("Pause"),
        lead=_("What happens meanwhile is kept, and sent when it is resumed."),
    )


@require_http_methods(_ANY)
@for_conduct(Conduct.MANAGE)
def resume_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    now, by = timezone.now(), administrator(request)
    return _ask_about(
        request,
        webhook,
        forms.Form(posted(request)),
        lambda _given: acts.resume_endpoint(webhook, by=by, at=now),
        title="Resume %(name)s",
        verb=_("Resume"),
        lead=_("Everything that waits is sent at once."),
    )


@require_http_methods(_ANY)
@for_conduct(Conduct.MANAGE)
def end_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    now, by = timezone.now(), administrator(request)
    return _ask_about(
        request,
        webhook,
        ReasonForm(posted(request)),
        lambda given: acts.end_endpoint(webhook, **given, by=by, at=now),
        title="End %(name)s",
        verb=_("End now"),
        warning=_("What waits is not sent, and it is not opened again."),
    )


@require_http_methods(_ANY)
@for_conduct(Conduct.MANAGE)
def test_webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    now, by = timezone.now(), administrator(request)
    return _ask_about(
        request,
        webhook,
        forms.Form(posted(request)),
        lambda _given: resending.send_test(webhook, by=by, at=now),
        title="Send a test to %(name)s",
        verb=_("Send the test"),
        lead=_("A message about nobody, signed and sent like any other."),
    )


@require_http_methods(_ANY)
@for_conduct(Conduct.MANAGE)
def send_again_since(request: HttpRequest, webhook: int) -> HttpResponse:
    now, by = timezone.now(), administrator(request)
    return _ask_about(
        request,
        webhook,
        SinceForm(posted(request)),
        lambda given: resending.send_again_since(webhook, **given, by=by, at=now),
        title="Send again to %(name)s",
        verb=_("Send again"),
        lead=_("Everything since a moment, delivered or parked, each message with its id."),
    )


@require_http_methods(_ANY)
@for_conduct(Conduct.MANAGE)
def send_again(request: HttpRequest, delivery: int) -> HttpResponse:
    held, now, by = held_webhooks.delivery(delivery), timezone.now(), administrator(request)
    if held is None:
        raise Http404(delivery)
    return _ask_about(
        request,
        held.endpoint_id,
        forms.Form(posted(request)),
        lambda _given: resending.send_again(delivery, by=by, at=now),
        title="Send a message again to %(name)s",
        verb=_("Send it again"),
        lead=say("%(kind)s, with its id, so that the receiver can know it again.")
        % {"kind": held.kind},
    )


def _ask_about(
    request: HttpRequest,
    webhook: int,
    form: forms.Form,
    do: Callable[[dict[str, Any]], object],
    *,
    title: str,
    verb: Any,
    lead: Any = "",
    warning: Any = "",
) -> HttpResponse:
    held = _webhook(webhook)
    if done(form, do):
        return redirect("administration-webhook", webhook=webhook)
    act = Act(
        title=say(title) % {"name": held.name},
        verb=verb,
        form=form,
        crumbs=(_webhooks(), _to(held)),
        lead=lead,
        warning=warning,
    )
    return ask(request, act)


def _told_once(request: HttpRequest, made: acts.Registered) -> HttpResponse:
    page = {"webhook": made.endpoint, "secret": made.secret}
    return render(request, "administration/webhook_secret.html", page)


def _webhook(key: int) -> Any:
    held = held_webhooks.endpoint(key)
    if held is None:
        raise Http404(key)
    return held


def _webhooks() -> Crumb:
    return Crumb(_("Webhooks"), reverse("administration-webhooks"))


def _to(held: Any) -> Crumb:
    return Crumb(held.name, reverse("administration-webhook", args=[held.pk]))
