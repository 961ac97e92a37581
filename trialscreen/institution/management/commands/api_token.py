"""``manage.py api_token ACCOUNT``: a short-lived bearer token for trying the API."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trialscreen.institution.models import Account
from trialscreen.institution.tokens import issue_token

USUAL_MINUTES, MOST_MINUTES = 60, 12 * 60


class Command(BaseCommand):
    help = "Print a bearer token with which the API takes its holder for ACCOUNT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", metavar="ACCOUNT")
        parser.add_argument("--minutes", type=int, default=USUAL_MINUTES)
        parser.add_argument(
            "--outside-demonstration",
            action="store_true",
            help="also where real patients are: whoever has the token acts as that person",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMONSTRATION or options["outside_demonstration"]):
            raise CommandError(
                "this is no demonstration; say --outside-demonstration if it is meant"
            )
        if not 1 <= options["minutes"] <= MOST_MINUTES:
            raise CommandError(f"--minutes is between 1 and {MOST_MINUTES}")
        name = options["account"].strip().lower()
        account = Account.objects.filter(username=name, is_active=True).first()
        if account is None:
            raise CommandError(f"there is no active account {name!r}")
        expires = timezone.now() + timedelta(minutes=options["minutes"])
        self.stdout.write(issue_token(account, expires=expires))
