"""Signatures, trust and time. Pure apart from keys; imports ``contracts.xmlsafe``, ``contracts.soap`` and its codes."""
