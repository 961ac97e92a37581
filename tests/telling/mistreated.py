"""The application's worker as it runs, but that its waits are short, and that some messages end its process.

`POISON` names those, by `webhook-id`: the process that is to send one ends in the middle, as when memory runs out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta

from celery.signals import worker_init

from eligibility.telling import posting, retrying
from eligibility.telling.addresses import Rules, Target
from trialscreen.wiring.celery import app

__all__ = ["app"]
_POISON = frozenset(os.environ["POISON"].split())
_post = posting.post


def post(target: Target, body: bytes, headers: Mapping[str, str], *, rules: Rules) -> posting.Told:
    if headers["webhook-id"] in _POISON:
        os._exit(9)
    return _post(target, body, headers, rules=rules)


@worker_init.connect
def shorten(**_: object) -> None:
    """Once Django is set up, and before the processes that do the work are made."""
    from eligibility import sending
    from eligibility.actions import dispatching

    short = {
        (sending, "post"): post,
        (dispatching, "HOLD"): timedelta(seconds=4),
        (posting, "PATIENCE"): 1.5,
        (retrying, "WAITS"): (timedelta(seconds=0.2),) * len(retrying.WAITS),
        (retrying, "_SHORTEST_REST"): timedelta(seconds=0.2),
        (retrying, "_LONGEST_REST"): timedelta(seconds=1),
    }
    for (where, name), value in short.items():
        assert hasattr(where, name)
        setattr(where, name, value)
