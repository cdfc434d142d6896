"""The ledger for auditors: one file that anybody can check without us."""
