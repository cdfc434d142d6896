"""The mailbox, seen from the body that fetches: for systems that cannot be called. Made to be copied."""
