"""The set-up pages: Django's admin over the tables of how things are set up, to look at and nothing else."""
