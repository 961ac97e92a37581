"""Making a patient who is not known yet, from what a form says of who it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from patients.actions.correcting import IdentifierTaken, check_free
from patients.actions.receive import Attribution, Receipt, receive_bundle
from patients.intake import strict_json
from patients.intake.as_fhir import as_bundle, person_of
from patients.intake.forms import of_the_form
from patients.intake.problems import Refused
from trialscreen.institution.models import Site


def register(
    said: Mapping[str, Any], *, site: Site, source: str, by: Attribution, received_on: date
) -> Receipt:
    """A new patient of the site, known to `source` by at least one identifier.

    Call it in a transaction, and undo that where it raises.

    Raises:
        IdentifierTaken: the source knows somebody of this site by one of the identifiers.
        Refused: with places in the form.
    """
    check_free(said["identifiers"], site, source)
    bundle = as_bundle(person_of(said), url=f"urn:uuid:{uuid4()}")
    try:
        receipt = receive_bundle(
            strict_json.write(bundle), site=site, source=source, by=by, received_on=received_on
        )
    except Refused as refused:
        raise of_the_form(refused) from None
    if not receipt.created:  # somebody else has made the same patient in this very moment
        raise IdentifierTaken(dict.fromkeys(range(len(said["identifiers"])), receipt.patient))
    return receipt
