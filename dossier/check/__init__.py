"""Offline inspection of a dossier in numbered steps.

Every step may fail closed; none may trust what another has not proven.
"""
