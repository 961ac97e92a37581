"""What other parts may listen to. A signal is a hint: who misses it finds the change by a query."""

from django.dispatch import Signal

record_changed = Signal()
"""Sent after commit with ``patient_id`` and ``site_id``: what is held of the patient is another version.

The site goes with it, because without its site in use the database shows the patient to nobody.
"""

import_waits = Signal()
"""Sent after commit with ``job_id`` and ``site_id``: an import has something for a worker to do."""

before_setting_aside = Signal()
"""Sent with ``patient``, ``ref`` and ``person`` before a person lets a record count no more, or calls it uncertain, in
the transaction that does it. A listener that is against it raises `MayNotSetAside`."""


before_merging = Signal()
"""Sent with ``survivor`` and ``merged``, both held, before they are recorded as one person, in the same transaction. A
listener that is against it raises `MayNotMerge`."""


class MayNotMerge(Exception):
    """What has to end before two patients are recorded as one person, in one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class MayNotSetAside(Exception):
    """Why this person does not set this record aside, in one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
