"""PostgreSQL and Valkey from their wheels, for ``make run`` and ``make test`` on a bare machine.

Not for production: there, name your own servers in ``DATABASE_URL`` and ``BROKER_URL``. Why the
wheels' own start functions are not used is told in ``docs/decisions/``. Nothing here needs Django.
"""
