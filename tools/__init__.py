"""Tools for those who work on the project: they read its tree and its tests, and are no part of what is installed."""
