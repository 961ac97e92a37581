"""``manage.py seal_backup FROM TO``: with the key of BACKUP_KEY; - is standard input or output."""

from __future__ import annotations

from typing import Any

from trialscreen.wiring.backups.command import SealCommand
from trialscreen.wiring.backups.sealing import seal


class Command(SealCommand):
    help = "Seal a backup with the passphrase of the environment variable BACKUP_KEY."

    def work(self, *given: Any) -> None:
        seal(*given)
