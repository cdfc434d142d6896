"""Steps from the first schema to the present one; a step once released never changes."""
