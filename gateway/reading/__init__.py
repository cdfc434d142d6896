"""What console, API and lists all read: rows of the store and facts of the registry as people are told of them.

Reads ports, domain and texts; writes nothing, knows no page. ``context`` holds what handlers of console and API are
both given, acts among it.
"""
