"""How days and times are written: ``22 Nov 2026`` and ``22 Nov 2026, 09:14``, no slashes."""
