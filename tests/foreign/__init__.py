"""Containers as other systems write them, and as attackers do: made by hand, byte by byte the same every time."""
