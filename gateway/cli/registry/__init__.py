"""``dalel parties`` and ``dalel routes``."""
