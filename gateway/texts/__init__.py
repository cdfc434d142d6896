"""Words that people read, in Kazakh, Russian and English, shared by console, API and commands."""
