"""Leaves, tree and seals in rows, and which rows prove something. Sealed bytes never change."""
