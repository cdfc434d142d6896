"""Messages that come in: admitted, accepted once, answered; mailbox, documents, history.

Each use case commits once.
"""
