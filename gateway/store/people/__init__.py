"""Users, sessions, API tokens, saved views, notes and incidents in rows; each change with its line in the audit log."""
