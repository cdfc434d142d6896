"""Users, sessions and API tokens in rows; each change with its line in the audit log."""
