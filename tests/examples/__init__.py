"""What the documentation shows to integrators, run as it stands against a running server."""
