"""Alarms: what is wrong now, what was, who took it up, whom it was told."""
