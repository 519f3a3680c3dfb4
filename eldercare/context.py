"""What every page shows around its content: names, navigation, unread notices, the demonstration banner."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from eldercare.models import Notice, OrgUnit, User
from eldercare.permissions import Permission

PORTAL_NAME = "养老服务数据门户"


@dataclass(frozen=True)
class Destination:
    """An entry of the navigation; ``family`` are the beginnings of the url names that belong to it.

    Those of one ``group`` share a menu where the entries would otherwise be many.
    """

    label: str
    url_name: str
    permission: Permission
    icon: str
    family: tuple[str, ...] = ()
    group: str = ""


MOST_FLAT = 8  # so many entries are read at a glance, and fit into 1,366 pixels
PLANS = "规划任务"

DESTINATIONS = (
    Destination("首页", "home", Permission.SIGNED_IN, "home", ("home", "notice-", "digest")),
    Destination(
        "数据填报", "report-list", Permission.VIEW_REPORTS, "edit", ("report", "official", "correction")
    ),
    Destination(
        "台账",
        "facility-list",
        Permission.VIEW_LEDGERS,
        "book",
        (
            "facility",
            "bed",
            "stay",
            "waiting",
            "caregiver",
            "employment",
            "certificate",
            "training",
            "attendance",
            "import",
            "number",
            "ledger-",
        ),
    ),
    Destination(
        "老年人",
        "elder-list",
        Permission.VIEW_PEOPLE,
        "users",
        ("elder", "payee", "assessment", "certification"),
    ),
    Destination(
        "补贴津贴",
        "payment-home",
        Permission.VIEW_PAYMENTS,
        "coins",
        ("payment", "batch", "programme", "enrolment", "public-notice", "recovery", "listed"),
    ),
    Destination(
        "居家关爱",
        "care-home",
        Permission.VIEW_PEOPLE,
        "heart",
        ("care-", "visit", "adaptation", "family-bed"),
    ),
    Destination("规划看板", "dashboard", Permission.VIEW_INDICATORS, "chart", ("dashboard",)),
    Destination(
        "规划指标",
        "plan-list",
        Permission.VIEW_INDICATORS,
        "target",
        ("plan", "indicator", "registration"),
        PLANS,
    ),
    Destination(
        "重点任务", "task-list", Permission.VIEW_TASKS, "check", ("task", "round", "supervision"), PLANS
    ),
    Destination("登记簿", "register-list", Permission.VIEW_LEDGERS, "book", ("register-",), PLANS),
    Destination("基础指标", "metric-list", Permission.VIEW_INDICATORS, "list", ("metric",), PLANS),
    Destination("账号管理", "account-list", Permission.MANAGE_ACCOUNTS, "users", ("account-",)),
    Destination("系统对接", "token-system-list", Permission.MANAGE_TOKENS, "key", ("token-system-",)),
    Destination("审计日志", "log-list", Permission.VIEW_LOG, "shield", ("log-",)),
    Destination("帮助", "help", Permission.SIGNED_IN, "help", ("help",)),
)


@dataclass(frozen=True)
class NavigationItem:
    label: str
    url: str
    icon: str
    is_current: bool
    group: str = ""


@dataclass(frozen=True)
class NavigationMenu:
    """Several entries behind one word."""

    label: str
    icon: str
    items: list[NavigationItem]

    @property
    def is_current(self) -> bool:
        return any(item.is_current for item in self.items)


def grouped(items: list[NavigationItem]) -> list[NavigationItem | NavigationMenu]:
    """A few entries stay as they are; of many, those of a group become a menu where the first of them stood."""
    if len(items) <= MOST_FLAT:
        return list(items)
    found: list[NavigationItem | NavigationMenu] = []
    menus: dict[str, NavigationMenu] = {}
    for item in items:
        if not item.group:
            found.append(item)
        elif item.group in menus:
            menus[item.group].items.append(item)
        else:
            menus[item.group] = NavigationMenu(item.group, item.icon, [item])
            found.append(menus[item.group])
    return found


def portal(request: HttpRequest) -> dict:
    return {"portal": Portal(request)}


class Portal:
    """Evaluated when a template asks: a fragment without the frame costs no query, a whole page one."""

    name = PORTAL_NAME
    idle_minutes = settings.IDLE_TIMEOUT_MINUTES

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    @cached_property
    def navigation(self) -> list[NavigationItem]:
        if self.user is None or not self.user.is_authenticated:
            return []
        match = self.request.resolver_match
        current = (match and match.url_name) or ""
        items = []
        for each in DESTINATIONS:
            url = url_or_none(each.url_name)
            if url and self.user.may(each.permission):
                is_current = current.startswith(each.family)
                items.append(NavigationItem(each.label, url, each.icon, is_current, each.group))
        return items

    @property
    def main_navigation(self) -> list[NavigationItem | NavigationMenu]:
        """The same for the bar at the top."""
        return grouped(self.navigation)

    @property
    def county(self) -> str:
        return self._facts["county"] or ""

    @property
    def unread(self) -> int:
        return self._facts["unread"] or 0

    @property
    def is_demo(self) -> bool:
        return self._facts["demo"]

    @cached_property
    def _facts(self) -> dict:
        """Name of the county (or city), unread notices and whether the figures are invented, in one query."""
        demo = Exists(User.objects.filter(is_demo=True))
        places = OrgUnit.objects.filter(level__in=(OrgUnit.Level.COUNTY, OrgUnit.Level.CITY))
        nobody = {"county": "", "unread": 0, "demo": False}
        if self.user is None or not self.user.is_authenticated:
            # Before anybody signed in: the place with most accounts, of its own and of the units below.
            people = Count("users", distinct=True) + Count("children__users", distinct=True)
            inhabited = places.annotate(people=people).filter(users__isnull=False).order_by("-people", "code")
            return inhabited.annotate(demo=demo, county=F("name")).values("demo", "county").first() or nobody
        unit = self.user.org_unit
        codes = [code for code in unit.path.split("/") if code]
        unread = (
            Notice.objects.unread()
            .filter(recipient=OuterRef("pk"))
            .order_by()
            .values("recipient")
            .annotate(number=Count("pk"))
        )
        return (
            User.objects.filter(pk=self.user.pk)
            .annotate(
                # The county, or of who works for a city the city: the longest path is the lowest of the two.
                county=Subquery(places.filter(code__in=codes).order_by("-path").values("name")[:1]),
                unread=Subquery(unread.values("number")),
                demo=demo,
            )
            .values("county", "unread", "demo")
            .first()
        ) or nobody


def url_or_none(name: str) -> str | None:
    """The address of a page, or None while no app provides it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
