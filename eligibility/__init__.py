"""What the trial asks of a patient, and what follows for this one."""
