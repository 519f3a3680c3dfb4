"""What the pages of the ledgers read."""
