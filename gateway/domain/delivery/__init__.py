"""Decisions about deliveries: states, retry, circuit, pace, fair shares, quiet hours.

Pure; add a state only with its row in ``states``.
"""
