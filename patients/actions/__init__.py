"""What changes the record of a patient. Nothing else writes these tables."""

from patients.actions.receive import Attribution, Receipt, receive_bundle
from patients.actions.statements import record_attestation, set_aside_record

__all__ = ["Attribution", "Receipt", "receive_bundle", "record_attestation", "set_aside_record"]
