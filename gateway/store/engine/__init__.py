"""How each database is opened, written in batches, woken, migrated. Knows nothing of appeals."""
