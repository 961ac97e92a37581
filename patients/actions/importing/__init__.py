"""Imports of files: taken in, checked, approved by somebody, and stored patient by patient through the one door."""
