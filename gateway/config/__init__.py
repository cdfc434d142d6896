"""What one process is given at its start: settings and law files.

Read and checked once; parties and routes are data, not settings.
"""
