"""Deliveries: the list, one of them, what one may do to one or many, and dead letters by their cause."""
