"""What administrators do: people and their roles, sites, API clients, reviews of access. No patient comes into it."""
