"""The exchange's own keys: where they lie, which are in force, how they are rotated."""
