"""Figures of the demo's other places, one module per plan, so that every plan shows values of a unit of its own kind.

``shape`` says what a place is made of, ``series`` turns it into whole numbers per reporting unit and month;
``writing`` puts them into the database. All figures are invented, except those that a plan prints as facts and
that its place is built to reproduce.
"""
