"""Rows of cases and their messages: read, written, attempted, listed, counted, fetched by mailbox."""
