"""Registry versions, figures of parties, and revocation answers in rows."""
