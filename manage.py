#!/usr/bin/env python
"""Django's commands for this project: ``.venv/bin/python manage.py help``."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    from trialscreen.wiring.embedded.beside import borrow

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialscreen.wiring.settings")
    # Beside a running `make run` a command works on its database.
    borrow(Path(__file__).resolve().parent, os.environ)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
