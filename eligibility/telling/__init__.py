"""Telling other systems what happened: kinds of events, bodies, signatures, addresses, and the POST itself.

Nothing here reads or writes a row; what is told and to whom is said by `eligibility.actions.telling`.
"""
