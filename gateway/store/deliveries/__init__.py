"""Rows of the outbox: enqueued, claimed, moved, counted."""
