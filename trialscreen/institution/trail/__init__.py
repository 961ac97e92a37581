"""The audit trail: triggers that write it, people's acts, the seal over both, and how it is verified."""
