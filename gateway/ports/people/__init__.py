"""Users, sessions, API tokens, saved views, notes and incidents as values, and the operations that read them."""
