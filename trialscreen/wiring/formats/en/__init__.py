"""Formats of every English variant."""
