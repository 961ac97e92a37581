"""Tokens that another system signs with its own private key: of API clients and of hospital record systems."""
