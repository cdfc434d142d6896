"""The case and its law: events, history, procedure, and the signed case file."""
