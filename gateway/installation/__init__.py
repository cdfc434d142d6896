"""Making an installation, backing it up, restoring it: whole or not at all."""
