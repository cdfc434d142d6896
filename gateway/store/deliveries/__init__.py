"""Rows of the outbox: enqueued, claimed, attempted, moved, counted."""
