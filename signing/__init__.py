"""Signatures, trust and time. Pure apart from keys; imports ``contracts.xmlsafe`` and its errors only."""
