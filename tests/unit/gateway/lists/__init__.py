"""What lists are described by."""
