"""Writes that touch more than one row: keyword-only, ``by=`` the user, atomic."""
