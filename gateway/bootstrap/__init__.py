"""Puts the exchange together from its settings. The only room that imports connectors."""
