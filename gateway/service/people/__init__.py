"""Log-in, sessions, passwords, users and bearer tokens. Refusals never say which half was wrong."""
