"""The pages of administration, one module per family. Nothing on them is of a patient."""
