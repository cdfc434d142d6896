"""Cases that ran in another system before: their history is played through the procedure, as of its own days."""
