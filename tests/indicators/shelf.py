"""A small plan with seven months of figures, for the tests of the plan, indicator and metric pages."""

import datetime as dt
import html as entities
import re

from django.urls import reverse

from indicators.rollup import roll_up_months
from indicators.rules.months import add_months
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan

JUNE = dt.date(2025, 6, 1)


class Shelf:
    """Seven months of beds in two townships, growing; June still lacks nothing."""

    def __init__(self, cast):
        self.cast = cast
        self.beds = make_metric(
            "institution_beds", name="养老机构床位数", unit="张", definition="核定床位", group="B"
        )
        make_metric("nursing_beds", name="护理型床位数", unit="张", subset_of=self.beds, group="B")
        self.plan = make_plan(cast.county, code="haiyan", title="海盐县规划", short_title="海盐规划")
        self.share = make_indicator(
            self.plan,
            "nursing_beds / institution_beds * 100",
            target="60",
            name="护理型床位占比",
            quote="护理型床位占比(%)",
            printed_target="≧60",
            table_row="2|护理型床位占比|55|≧60",
            restated=["占比达到60%"],
            alternatives=[{"formula": "nursing_beds / institution_beds", "note": "不乘百分"}],
            place="表2 第2行",
        )
        for step in range(7):
            month = add_months(JUNE, step - 6)
            file_report(
                cast.township,
                month,
                {"institution_beds": 100, "nursing_beds": 40 + step},
                by=cast.county_clerk,
            )
            file_report(
                cast.other_township,
                month,
                {"institution_beds": 300, "nursing_beds": 150 + step},
                by=cast.county_clerk,
            )
        self.roll_up()

    def roll_up(self):
        roll_up_months([add_months(JUNE, step - 6) for step in range(7)])


def read(client, name, *args, **params) -> str:
    answer = client.get(reverse(name, args=args), params)
    assert answer.status_code == 200
    return entities.unescape(answer.content.decode())


def words(html: str) -> str:
    """The text of a page as it is read, without tags."""
    body = re.sub(r"<script.*?</script>", " ", html[html.index("<main") :], flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def rows_of(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<tr data-indicator="(\d+)"', html)]
