"""What the pages of administration and the interface ask for: a form for each act, a sentence for each fault."""
