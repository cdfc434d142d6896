"""Parties, agreements and routes as people write them in YAML and CSV: read strictly, checked as a whole, compared.

Rows live in ``gateway.store.registry``.
"""
