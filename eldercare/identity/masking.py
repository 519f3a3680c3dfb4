"""Masks for display: enough to recognise a number one knows, too little to learn one. Names are not masked.

A value that does not look like its kind is masked harder: at most four of its characters show, and none of them
if it is shorter than eight.
"""

import re

HIDDEN = "*"


def _keep(text: str, head: int, tail: int) -> str:
    return text[:head] + HIDDEN * (len(text) - head - tail) + text[len(text) - tail :]


def mask_other(value: str | None) -> str:
    """First two and last two of eight characters or more; nothing of a shorter value."""
    text = _plain(value)
    return _keep(text, 2, 2) if len(text) >= 8 else HIDDEN * len(text)


def mask_id(value: str | None) -> str:
    """``330424********1234``: first six and last four of a resident identity number of 18 or 15 characters."""
    text = _plain(value)
    return _keep(text, 6, 4) if re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9Xx]", text) else mask_other(text)


def mask_card(value: str | None) -> str:
    """The last four digits of a card or account of twelve digits or more."""
    text = _plain(value)
    return _keep(text, 0, 4) if re.fullmatch(r"[0-9]{12,}", text) else mask_other(text)


def mask_phone(value: str | None) -> str:
    """``138****5678`` and ``0573-86****45``: the middle four digits hidden."""
    text = _plain(value)
    if re.fullmatch(r"1[0-9]{10}", text):
        return _keep(text, 3, 4)
    landline = re.fullmatch(r"(0[0-9]{2,3}-)?([0-9]{7,8})", text)
    if landline:
        local = landline[2]
        return (landline[1] or "") + _keep(local, len(local) - 6, 2)
    return mask_other(text)


def _plain(value: str | None) -> str:
    # str.__str__ and not str(): an encrypted value's str() is masked already.
    return str.__str__(value) if value else ""
