"""The registry in force as decisions ask it: directory, routing, jurisdiction, revocation. Pure."""
