"""What other parts may listen to. A signal is a hint: who misses it finds the change by a query."""

from django.dispatch import Signal

record_changed = Signal()
"""Sent after commit with ``patient_id``: what is held of the patient is another version."""
