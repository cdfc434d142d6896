"""From a case to its signed container: description, evidence, ZIP, signature, later extension.

Blocking; callers run it in a thread.
"""
