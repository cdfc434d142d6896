"""Commands that prove something: ``verify``, ``extend``, ``evidence``, ``ledger``, ``history``, ``eds``."""
