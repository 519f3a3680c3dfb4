"""Identity numbers for demonstration and tests: valid in every check, and nobody's."""

import datetime as dt

from eldercare.identity.citizens import id_check_character

# In GB/T 2260 the third and fourth digit number a prefecture-level unit: 01-20 and 51-70 cities, 21-50
# prefectures, leagues and autonomous prefectures, 90 what a province governs directly. 80 is in no class, so no
# place has had 3380xx and no person a number that begins with it. 33 (Zhejiang) keeps the province check
# content; 24 makes the masked number look like one of Haiyan (330424).
SYNTHETIC_AREA = "338024"


def synthetic_id(birth: dt.date, sequence: int, *, area: str = SYNTHETIC_AREA) -> str:
    """A number with a valid check character; ``sequence`` 0 … 999, odd for a man.

    A sequence with 0 or 9 as its second digit may look as if Excel had cut the number; others have no finding.
    """
    if not 0 <= sequence <= 999:
        raise ValueError(f"a sequence is a number from 0 to 999, not {sequence}")
    if len(area) != 6 or not area.isascii() or not area.isdecimal():
        raise ValueError(f"an area code has six digits: {area!r}")
    first17 = f"{area}{birth:%Y%m%d}{sequence:03d}"
    return first17 + id_check_character(first17)


def is_synthetic(number: str) -> bool:
    """Whether a number was made by ``synthetic_id``, so that demonstration people can be kept out of payments."""
    return number.startswith(SYNTHETIC_AREA)
