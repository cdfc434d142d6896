"""The shape of the tree in figures: sizes, folders, long functions, forwards, names used twice, files per change."""
