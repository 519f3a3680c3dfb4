"""Forms validate; actions write."""
