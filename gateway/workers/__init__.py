"""The loops: relay, rescuer, clock, collector."""
