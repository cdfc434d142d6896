"""Erasing what was kept long enough, in bounded commits, each with a proven line."""
