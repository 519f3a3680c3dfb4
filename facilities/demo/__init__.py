"""The demo county's ledgers: invented facilities, beds and people that count to given figures.

``plan`` names the institutions, ``names`` invents people, ``days`` picks days. ``buildings`` lets facilities
and beds grow month by month, ``staff`` hires and trains, ``residents`` fills the beds; ``seeding`` writes all and
is the only one that touches the database. What the ledgers are to count to comes from outside.
"""

from facilities.demo.seeding import seed_ledgers

__all__ = ["seed_ledgers"]
