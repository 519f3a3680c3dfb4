"""The sheets that are uploaded: the register of elders and what is kept about each."""

from subsidies.resources import elders

__all__ = ["elders"]
