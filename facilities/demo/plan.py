"""The institutions of the demo county, and what else each township has."""

from dataclasses import dataclass

from facilities.models import Facility

Kind, Operation, Sponsor = Facility.Kind, Facility.Operation, Facility.Sponsor


@dataclass(frozen=True)
class Home:
    """An institution. ``beds`` weighs how many it has at first, ``later`` from when it has 100 and more.

    ``is_new``: not there at first, opens when the township's figure rises. ``stars`` is what it gets at last.
    """

    name: str
    beds: int
    kind: str = Kind.PRIVATE_HOME
    operation: str = Operation.NON_PROFIT
    later: int = 0
    opened: int = 2012
    is_rural: bool = False
    is_new: bool = False
    stars: int = 3


def _welfare(name: str, beds: int) -> Home:
    return Home(name, beds, Kind.WELFARE_HOME, Operation.PUBLIC_BUILT_PRIVATE_RUN, opened=2010, stars=5)


def _destitute(name: str, beds: int, operation: str = Operation.PUBLIC_BUILT_PRIVATE_RUN) -> Home:
    return Home(name, beds, Kind.DESTITUTE_HOME, operation, opened=2008, is_rural=True)


def _apartment(name: str, beds: int, **more: object) -> Home:
    return Home(name, beds, Kind.APARTMENT, **more)


# By township, the largest first: those with 100 beds and more lead.
HOMES: dict[str, tuple[Home, ...]] = {
    "330424001": (
        _welfare("武原街道福利院", 480),
        _apartment("海棠老年公寓", 420, opened=2013, stars=4),
        Home("秀水颐养院", 300, opened=2015),
        Home("枣园康乐养老院", 150, opened=2011, operation=Operation.FOR_PROFIT),
        Home("河滨养老院", 80, opened=2014, stars=2),
        Home("天宁养老院", 70, opened=2016, stars=2),
        Home("文昌颐养院", 60, is_new=True, operation=Operation.FOR_PROFIT, stars=2),
    ),
    "330424002": (
        _apartment("西塘老年公寓", 240, opened=2012),
        Home("永宁颐养院", 96, opened=2015, stars=2),
        Home("大宁康养院", 80, opened=2014, is_rural=True, stars=1),
        Home("海湾颐养院", 50, is_new=True, operation=Operation.FOR_PROFIT, stars=2),
    ),
    "330424004": (
        _apartment("秦山老年公寓", 206, opened=2013),
        Home("丰山康乐养老院", 94, opened=2015, is_rural=True, stars=2),
    ),
    "330424005": (
        _apartment("望海老年公寓", 328, opened=2014),
        Home("北荡康养中心", 97, later=262, opened=2017, operation=Operation.FOR_PROFIT),
        Home("青莲颐养院", 95, later=104, opened=2015, is_rural=True, stars=2),
    ),
    "330424101": (
        _destitute("沈荡镇敬老院", 170),
        Home("聚金养老院", 90, opened=2014, is_rural=True, stars=2),
    ),
    "330424102": (
        _apartment("百步老年公寓", 240, opened=2011, is_rural=True, stars=4),
        Home("百步颐养院", 150, opened=2015),
        Home("横港康乐养老院", 90, opened=2016, is_rural=True, stars=2),
    ),
    "330424103": (
        _destitute("于城镇敬老院", 118, Operation.PUBLIC),
        Home("鸳鸯养老院", 92, opened=2014, is_rural=True, stars=2),
    ),
    "330424105": (
        _destitute("澉浦镇敬老院", 146, Operation.PUBLIC),
        Home("南北湖颐养院", 94, opened=2016, is_rural=True),
    ),
    "330424106": (
        _destitute("通元镇敬老院", 206),
        Home("丰义养老院", 95, opened=2013, is_rural=True, stars=2),
    ),
}

# Residents per 100 beds, and people who wait. Two townships are short of beds.
OCCUPANCY = {
    "330424001": 82, "330424002": 76, "330424004": 69, "330424005": 94, "330424101": 72,
    "330424102": 95, "330424103": 65, "330424105": 79, "330424106": 86,
}  # fmt: skip
WAITING = {"330424005": 14, "330424102": 11, "330424001": 3, "330424106": 2}
