"""Laboratory results as CSV: a row of text becomes the Observation that a hospital would have sent, or is refused."""
