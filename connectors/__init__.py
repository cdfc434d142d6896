"""One folder per kind of outside system; each speaks its dialect and returns our outcomes."""
