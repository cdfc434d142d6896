"""What proves that all went as it should: acts, looks at personal data, the ledger, and how the exchange is."""
