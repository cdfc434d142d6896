"""Rows of cases and their messages: read, written, listed, fetched by mailbox."""
