"""How people sign in: passwords, second factors, passkeys, sessions, and what they sign with."""
