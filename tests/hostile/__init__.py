"""Bodies that are made to break what reads them, sent to every way in."""
