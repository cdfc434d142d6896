"""The check of what is kept: the tree, its records, cases and payloads, held against what was signed. Reads only."""
