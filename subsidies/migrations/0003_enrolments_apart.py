"""Two enrolments of one holder in one programme never cover the same month; earlier ones are put in order first."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db import migrations
from django.db.models import F, Func, Q, UniqueConstraint, Value

WORDS = "此人（机构）在该项目另有一次享受，时间与这一次重叠，同一个月会发两次。请先核对上一次的停发起始月和这一次的“不早于”月份。"

# A place after an end begins where the one before ended, as the application on the page has always set it.
IN_ORDER = """
    UPDATE subsidies_enrolment later SET not_before = before.ended_from
    FROM (
        SELECT next.id, max(was.ended_from) AS ended_from
        FROM subsidies_enrolment next
        JOIN subsidies_enrolment was ON was.programme_id = next.programme_id AND was.state = 'ended'
            AND coalesce(was.elder_id, was.post_id, was.facility_id)
                = coalesce(next.elder_id, next.post_id, next.facility_id)
            AND (was.applied_on, was.id) < (next.applied_on, next.id)
        WHERE next.state IN ('running', 'ended')
        GROUP BY next.id
    ) before
    WHERE later.id = before.id AND (later.not_before IS NULL OR later.not_before < before.ended_from)"""


def same(column):
    return Func(F(column), F(column), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def apart(one):
    months = Func(F("not_before"), F("ended_from"), function="daterange", output_field=DateRangeField())
    return migrations.AddConstraint(
        model_name="enrolment",
        constraint=ExclusionConstraint(
            name=f"enrolment_one_at_a_time_{one}",
            expressions=[(same(one), "&&"), (same("programme"), "&&"), (months, "&&")],
            condition=Q(state__in=("running", "ended"), **{f"{one}__isnull": False})
            & (Q(not_before=None) | Q(ended_from=None) | Q(ended_from__gt=F("not_before"))),
            violation_error_message=WORDS,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0002_searches")]

    operations = [
        # The history's triggers have written by then: deferred checks would forbid the index in one transaction.
        migrations.RunSQL([IN_ORDER, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.RemoveConstraint("paymentline", "line_once"),
        migrations.AddConstraint(
            "paymentline",
            UniqueConstraint(
                fields=["batch", "enrolment", "for_month", "kind"],
                name="line_once",
                condition=~Q(state__in=("held", "dropped", "failed")) & ~Q(kind="offset"),
            ),
        ),
        *(apart(one) for one in ("elder", "post", "facility")),
    ]
