"""Settings, addresses, servers and commands: the top layer, which may import every other."""
