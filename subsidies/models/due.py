"""Who is due for which visit or service in which period, as rows that are worked out when they are asked for.

The statement is the set-based twin of :mod:`subsidies.rules.visits`, where the definition stands.

    DuePeriod.objects.of(periods_of_month(month)).filter(unit=township, done_on=None)
"""

# ruff: noqa: S608 - put together from constants; values are parameters
import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.sql.datastructures import BaseTable

from eldercare.models import OrgUnit, User
from subsidies.models.care import Service, Visit, VisitRule
from subsidies.models.elders import Elder, ElderTag
from subsidies.rules.visits import AGES, ASSESSED_DISABLED, FREQUENCIES, LEAST_DISABILITY, Period

# Who fits which rule is found first and kept (MATERIALIZED): planned as one piece, PostgreSQL would look at every elder
# for every rule and day. A person born before the first day of the month after the due day, so many years earlier, is
# so old by months.
_FITTING = "SELECT day.last, {elder} AS elder_id, rule.org_unit_id, rule.service, rule.frequency FROM rule JOIN day ON {force}"
_IN_FORCE = "rule.effective_from <= day.last AND (rule.effective_to IS NULL OR rule.effective_to >= day.last)"
_AGED = " ".join(
    f"""
    UNION ALL
    {_FITTING.format(elder="aged.id", force=_IN_FORCE)}
    JOIN subsidies_elder aged ON rule.category = '{category}'
     AND aged.born_on < (date_trunc('month', day.last) + interval '1 month' - interval '{years} years')::date
    """
    for category, years in AGES.items()
)
STATEMENT = f"""
    WITH day AS MATERIALIZED (SELECT DISTINCT unnest(%s::date[]) AS last),
    rule AS MATERIALIZED (SELECT * FROM subsidies_visitrule),
    fitting AS MATERIALIZED (
        {_FITTING.format(elder="tag.elder_id", force=_IN_FORCE)}
        JOIN subsidies_eldertag tag ON tag.kind = rule.category AND tag.held @> day.last
        {_AGED}
        UNION ALL
        {_FITTING.format(elder="assessed.elder_id", force=_IN_FORCE)}
        JOIN subsidies_assessment assessed ON rule.category = '{ASSESSED_DISABLED}'
         AND assessed.level >= {LEAST_DISABILITY} AND assessed.assessed_on <= day.last
         AND (assessed.valid_until IS NULL OR assessed.valid_until >= day.last)
        WHERE NOT EXISTS (
            SELECT FROM subsidies_assessment later
            WHERE later.elder_id = assessed.elder_id AND later.level IS NOT NULL
              AND later.assessed_on <= day.last
              AND (later.valid_until IS NULL OR later.valid_until >= day.last)
              AND (later.assessed_on, later.id) > (assessed.assessed_on, assessed.id))
    ),
    due AS MATERIALIZED (
        SELECT fitting.last, elder.id AS elder_id, elder.residence_unit_id AS unit_id,
               elder.residence_village_id AS village_id, fitting.service,
               min(array_position(%s::text[], fitting.frequency::text)) AS rank
        FROM fitting
        JOIN eldercare_orgunit county ON county.id = fitting.org_unit_id
        JOIN subsidies_elder elder ON elder.id = fitting.elder_id
        JOIN eldercare_orgunit home ON home.id = elder.residence_unit_id
        WHERE starts_with(home.path, county.path)
          AND (%s::bigint[] IS NULL OR elder.residence_unit_id = ANY (%s::bigint[]))
          AND elder.merged_into_id IS NULL
          AND (elder.died_on IS NULL OR elder.died_on > fitting.last)
          AND elder.resident @> fitting.last
          AND NOT EXISTS (
              SELECT FROM subsidies_eldertag absent
              WHERE absent.elder_id = elder.id AND absent.kind = ANY (%s) AND absent.held @> fitting.last)
        GROUP BY fitting.last, elder.id, elder.residence_unit_id, elder.residence_village_id, fitting.service
    )
    SELECT due.elder_id || '.' || due.service || '.' || period.last AS id,
           due.elder_id, due.unit_id, due.village_id, due.service,
           period.frequency, period.first AS first_day, period.last AS last_day,
           (SELECT max(visit.visited_on) FROM subsidies_visit visit
            WHERE visit.elder_id = due.elder_id AND visit.service = due.service
              AND visit.visited_on BETWEEN period.first AND period.last
              AND visit.result <> '{Visit.Result.NOT_MET}') AS done_on
    FROM unnest(%s::text[], %s::date[], %s::date[]) AS period (frequency, first, last)
    JOIN due ON due.last = period.last AND period.frequency = (%s::text[])[due.rank]
"""


class _Statement(BaseTable):
    """A query in the place of a table."""

    def __init__(self, table_name: str, alias: str, params: tuple[Any, ...]) -> None:
        super().__init__(table_name, alias)
        self.params = params

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        alias = compiler.quote_name_unless_alias(self.table_alias)
        return f"({STATEMENT}) {alias}", list(self.params)

    def relabeled_clone(self, change_map: dict[str, str]) -> "_Statement":
        return type(self)(self.table_name, change_map.get(self.table_alias, self.table_alias), self.params)

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, repr(self.params))


class DuePeriodQuerySet(models.QuerySet):
    def of(self, periods: Iterable[Period], units: Collection[int] | None = None) -> Self:
        """One row per person, service and period for which the person is due.

        With ``units`` (ids) only those who live there are worked out: a filter on ``unit`` comes after all the work.
        """
        periods = list(periods)
        homes = None if units is None else list(units)
        lasts = [each.last for each in periods]
        params = (
            lasts,
            list(FREQUENCIES),
            homes,
            homes,
            [str(kind) for kind in ElderTag.ABSENT],
            [each.frequency for each in periods],
            [each.first for each in periods],
            lasts,
            list(FREQUENCIES),
        )
        found = self._chain()
        alias = found.query.get_initial_alias()
        found.query.alias_map[alias] = _Statement(self.model._meta.db_table, alias, params)
        return found

    def visible_to(self, user: User) -> Self:
        """By where the person lives: that township makes the visits."""
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        return self.filter(
            unit__in=OrgUnit.objects.filter(path__startswith=user.org_unit.path).order_by().values("pk")
        )

    def done(self) -> Self:
        return self.filter(done_on__isnull=False)

    def missed(self, day: dt.date) -> Self:
        """Over by the day and not done."""
        return self.filter(done_on=None, last_day__lt=day)


class DuePeriod(models.Model):
    """A person due for a service in a period (应访). Not a table: only ``objects.of(periods)`` has rows."""

    id = models.CharField(primary_key=True, max_length=60)
    elder = models.ForeignKey(
        Elder, verbose_name="老年人", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    unit = models.ForeignKey(
        OrgUnit,
        verbose_name="居住镇(街道)",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
    )
    village = models.ForeignKey(
        OrgUnit,
        verbose_name="居住村(社区)",
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
    )
    service = models.CharField("服务", max_length=10, choices=Service.choices)
    frequency = models.CharField("频次", max_length=10, choices=VisitRule.Frequency.choices)
    first_day = models.DateField("期间起")
    last_day = models.DateField("期间止")
    done_on = models.DateField("完成日期", null=True)

    objects = DuePeriodQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "subsidies_due_period"
        ordering: ClassVar = ["last_day", "elder", "service"]
        verbose_name = "应访"
        verbose_name_plural = "应访"

    def __str__(self) -> str:
        return f"{self.get_service_display()} {self.first_day}至{self.last_day}"
