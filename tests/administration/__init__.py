"""Administration: people, sites, clients; what is refused, and that nothing of a patient is shown."""
