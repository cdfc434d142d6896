"""Evidence of one message in the terms of EN 319 522 (electronic registered delivery services), as one file."""
