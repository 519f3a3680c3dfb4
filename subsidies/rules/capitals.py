"""Amounts of money in Chinese capital numerals (人民币大写), after the Ministry's rules for bills (支付结算办法).

    in_capitals(Decimal("107000.53"))   壹拾万柒仟元伍角叁分
    in_capitals(Decimal("16409.02"))    壹万陆仟肆佰零玖元零贰分

整 follows 元 and 角; 零 stands for zeros between digits, not for those at the end of a group.
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
MYRIAD = 10_000
HUNDRED_MILLION = MYRIAD * MYRIAD
LIMIT = HUNDRED_MILLION * HUNDRED_MILLION  # yuan: below ten thousand 万亿


def in_capitals(amount: Decimal) -> str:
    """Raises ValueError for parts of a fen and for what is too large."""
    fen = amount * 100
    if fen != fen.to_integral_value():
        raise ValueError(f"{amount} is not exact to the fen.")
    if abs(amount) >= LIMIT:
        raise ValueError(f"{amount} is too large.")
    yuan, rest = divmod(int(abs(fen)), 100)
    sign = "负" if amount < 0 else ""
    return sign + _yuan_and_rest(yuan, *divmod(rest, 10))


def _yuan_and_rest(yuan: int, jiao: int, fen: int) -> str:
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not jiao and not fen:
        return f"{whole or '零元'}整"
    if not fen:
        return f"{whole}{DIGITS[jiao]}角整"
    middle = f"{DIGITS[jiao]}角" if jiao else "零" if whole else ""
    return f"{whole}{middle}{DIGITS[fen]}分"


def _whole(number: int) -> str:
    """壹亿零壹万 …; ``number`` is positive."""
    for unit, name in ((HUNDRED_MILLION, "亿"), (MYRIAD, "万")):
        high, low = divmod(number, unit)
        if high:
            gap = "零" if 0 < low < unit // 10 else ""
            return f"{_whole(high)}{name}{gap}{_whole(low) if low else ''}"
    return _group(number)


def _group(number: int) -> str:
    """One to four digits."""
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return text
