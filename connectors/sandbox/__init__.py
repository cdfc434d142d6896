"""Simulated parties: a platform, agencies and a court that speak the true protocol and can be bent.

Each is a process of its own (``run_party``) with its own keys and its own durable store, so that what it counts is
an independent judgement on the exchange. They ship with the product: integrators build against them.
"""

from connectors.sandbox.behaviour import Behaviour, Bend, BendKind, OnComplaint, OnReview
from connectors.sandbox.folder import PartyFile, PartyFileInvalid, read_party, write_party
from connectors.sandbox.run import run_party

__all__ = [
    "Behaviour",
    "Bend",
    "BendKind",
    "OnComplaint",
    "OnReview",
    "PartyFile",
    "PartyFileInvalid",
    "read_party",
    "run_party",
    "write_party",
]
