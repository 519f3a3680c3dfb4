"""Rules of the subsidies app as pure functions and tables."""
