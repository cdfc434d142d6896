"""Values that cross between the exchange and its connectors: outcomes, probes, identities.

No I/O; the gateway may import this room and no other of ``connectors``.
"""
