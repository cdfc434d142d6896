"""How many pages a PDF has, asked of a process of its own that may die of what it reads."""
