"""A case described in YAML, played against the pure procedure with a stepped clock: for lawyers, trainers and tests."""
