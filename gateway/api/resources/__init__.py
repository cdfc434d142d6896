"""One module per resource of the API: its operations and answer models.

Reads come from ports, never from the console.
"""
