"""Writes to the ledgers."""
