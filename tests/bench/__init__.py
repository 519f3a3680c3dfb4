"""Measurements (`make bench`): nothing here is asserted, the figures are read by a person."""
