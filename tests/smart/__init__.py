"""SMART Backend Services and CDS Hooks: tokens that other systems sign, and what they open."""
