"""Invented people and organisations: names from lists, numbers that are valid in form and nobody's."""

import datetime as dt
from typing import NamedTuple

from eldercare.identity import SYNTHETIC_AREA, credit_check_character, synthetic_id
from eldercare.identity.organisations import organisation_check_character
from facilities.demo.days import dice

SURNAMES = "王李张陈沈朱徐陆吴周钱顾马金俞冯许姚何潘孙杨施胡富干谢汤夏蒋"
MEN = "建国永明志强国华海平卫东德兴春生阿根福林金祥文斌伟民晓峰立新正良水荣"
WOMEN = "秀英玉兰桂珍阿彩月琴惠芳雪梅美华春燕丽萍晓红小妹素娟云仙金花文娟佩芬"
MEN_GIVEN = [MEN[place : place + 2] for place in range(0, len(MEN), 2)]
WOMEN_GIVEN = [WOMEN[place : place + 2] for place in range(0, len(WOMEN), 2)]
# Registration numbers that Excel might be suspected of having cut have 0 or 9 in the middle.
SEQUENCES = [number for number in range(111, 999) if number // 10 % 10 not in (0, 9)]
REGISTRIES = {"public": "12", "social": "52", "company": "91"}


class Person(NamedTuple):
    name: str
    id_number: str
    born_on: dt.date
    is_man: bool


class People:
    """Draws people; no two have the same number."""

    def __init__(self, kind: str, first_year: int, last_year: int, *, women: float) -> None:
        self.dice = dice("people", kind)
        self.first, self.women = dt.date(first_year, 1, 1), women
        self.days = (last_year - first_year + 1) * 365
        self.used: set[str] = set()

    def draw(self) -> Person:
        while True:
            is_man = self.dice.random() >= self.women
            born = self.first + dt.timedelta(days=self.dice.randrange(self.days))
            sequence = self.dice.choice(SEQUENCES) // 2 * 2 + is_man
            number = synthetic_id(born, sequence)
            if number not in self.used:
                self.used.add(number)
                given = self.dice.choice(MEN_GIVEN if is_man else WOMEN_GIVEN)
                return Person(self.dice.choice(SURNAMES) + given, number, born, is_man)


def phone(number: int) -> str:
    """No network issues mobile numbers that begin with 120."""
    return f"1400{number:07d}"


def credit_code(number: int, registry: str) -> str:
    """A code with both check characters right, of a registry office that does not exist."""
    body = f"MJD{number:05d}"
    first17 = f"{REGISTRIES[registry]}{SYNTHETIC_AREA}{body}{organisation_check_character(body)}"
    return first17 + credit_check_character(first17)
