"""``dalel deliveries`` and ``dalel backlog``."""
