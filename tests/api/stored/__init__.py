"""Stored records over HTTP."""
