"""What applicants and bodies are notified of at each step. Texts cite the article that demands the notice."""
