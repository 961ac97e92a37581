"""What other parts may listen to. A signal is a hint: who misses it finds the change by a query."""

from django.dispatch import Signal

record_changed = Signal()
"""Sent after commit with ``patient_id`` and ``site_id``: what is held of the patient is another version.

The site goes with it, because without its site in use the database shows the patient to nobody.
"""
