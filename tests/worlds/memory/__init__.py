"""The store in memory, for tests that need none of SQL: the same operations, proven equal by the conformance suite.

What it does not serve it refuses with ``NotServed``, always: it never answers as if there were nothing.
"""

from tests.worlds.memory.store import SERVED, MemoryStore, NotServed

__all__ = ["SERVED", "MemoryStore", "NotServed"]
