"""Rules, formulas and calendars as pure functions: no Django, no database."""
