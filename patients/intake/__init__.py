"""How patient data arrives: every way of intake turns what was sent into facts and an account of it."""
