"""``python -m tests.refusals``: write docs/refusals.md from the tables."""

from __future__ import annotations

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.refusals.document import PATH, write

    write()
    sys.stdout.write(f"wrote {PATH}\n")
