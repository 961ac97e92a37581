"""What the house needs and medicine does not: wiring on top, the institution at the bottom."""
