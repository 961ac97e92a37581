"""A hospital's own codes: the map, its steps, and what follows from it."""
