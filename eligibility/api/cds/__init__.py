"""CDS Hooks 2.0: a hospital's record system asks about the patient whose page is open, and shows a card."""
