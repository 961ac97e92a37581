"""The interface as its own document describes it, asked with everything that the document allows and more."""
