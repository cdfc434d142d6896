"""Pure decisions of the exchange: states of a delivery, retry, routing."""
