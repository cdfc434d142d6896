"""Leaves, tree and seals in rows, and the check of everything else against them. Sealed bytes never change."""
