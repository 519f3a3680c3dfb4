"""What holds among the values of a ledger row: pure functions, the same for a form and for an upload."""
