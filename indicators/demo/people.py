"""The register of elders of the demo county, and two years of payments, to the same figures as its reports."""

import datetime as dt

from eldercare.models import OrgUnit
from indicators.demo.county import COUNTY, FIRST_MONTH, TOWNSHIPS
from indicators.demo.series import figures
from indicators.rules.months import months_between
from subsidies.demo.cases import seed_family_beds, seed_notice
from subsidies.demo.payments import seed_payments
from subsidies.demo.people import seed_register
from subsidies.demo.visits import seed_visits

PAID_MONTHS = 24


def write_people(through: dt.date, today: dt.date) -> dict[str, int]:
    """Elders, enrolments and payments; nothing of what is there already. Takes about a minute."""
    counted = figures(through)
    months = list(months_between(FIRST_MONTH, through))
    wanted = {
        unit: {
            code: [int(counted[unit, month][code]) for month in months] for code in counted[unit, FIRST_MONTH]
        }
        for unit in TOWNSHIPS
    }
    posts = [int(counted[COUNTY, month]["caregivers_on_post_allowance"]) for month in months]
    written = seed_register(wanted, posts, months, today=today)
    county = OrgUnit.objects.get(code=COUNTY)
    written |= seed_visits(county, months[-1], today=today)
    written |= seed_payments(county, months[-PAID_MONTHS - 1 :])
    return written | {"公示中": seed_notice(county, today), "家庭养老床位": seed_family_beds(county, today)}
