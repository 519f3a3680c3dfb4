"""Names as a key for finding double records; the name itself is stored and shown as it was written."""

import unicodedata

DOTS = "·•‧∙⋅・･．.。●˙⸱"
# Variation selectors pick a drawing of the same character.
DROPPED = dict.fromkeys([*map(ord, DOTS), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


def name_key(name: str | None) -> str:
    """Equal for spellings of one name that differ only in spaces, invisible characters, width, letter case or
    the dot of a transliterated name (买买提·艾力, 买买提•艾力, 买买提 艾力). For comparing, not for showing.
    """
    text = unicodedata.normalize("NFKC", (name or "").translate(DROPPED)).casefold()
    text = unicodedata.normalize("NFKC", text).translate(DROPPED)
    text = "".join(each for each in text if unicodedata.category(each)[0] not in "ZC")
    return unicodedata.normalize("NFC", text)  # what stood apart may have met
