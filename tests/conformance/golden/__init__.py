"""Bytes that leave the exchange, made with a fixed clock, fixed keys and no chance, and held to their digests."""
