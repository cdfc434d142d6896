"""What this process counts and what the store holds, in the words of Prometheus; nobody else knows that library."""
