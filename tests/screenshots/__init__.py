"""Pictures of every page and state, for the README and the docs: ``make screenshots``."""
