"""A register of elders of any size, their enrolments in four programmes, and what the measurements ask of it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from django.db import connection

from eldercare.encryption import encrypt_many
from eldercare.identity import synthetic_id
from eldercare.models import OrgUnit
from subsidies.models import Band, Elder, Exclusion, Payee, Programme, RuleVersion
from tests.bench.staff_sheet import GIVEN, SURNAMES

FIRST = dt.date(2024, 1, 1)
BIRTHDAYS = 14_000  # from 1925 on, so that everybody is over 60
TAGS = ("low_income", "living_alone", "severe_disability")
AT_ONCE = 20_000
# Code, condition, (age from, age to, yuan a month).
PROGRAMMES = (
    ("old-age", "age >= 65 and registered", ((65, 79, 10), (80, 89, 50), (90, None, 100))),
    ("care", "age >= 60 and (low_income or living_alone or age >= 60)", ((60, None, 125),)),
    ("service", "age >= 60 and registered and not in_care_home", ((60, None, 40),)),
    ("nursing", "age >= 60", ((60, 84, 30), (85, None, 60))),
)
# What the metrics count; the others are allowances by age.
KINDS = {"service": Programme.Kind.SERVICE_SUBSIDY}


def born(index: int) -> dt.date:
    return dt.date(1925, 1, 1) + dt.timedelta(days=index * 37 % BIRTHDAYS)


def number(index: int) -> str:
    """Everybody's own: one sequence for each round of birthdays, its second digit neither 0 nor 9."""
    turn = index // BIRTHDAYS
    return synthetic_id(born(index), (1 + turn // 80) * 100 + (1 + turn % 80 // 10) * 10 + turn % 10)


def name(index: int) -> str:
    random = Random(index)  # noqa: S311 - invented people
    return random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN)


def fill_elders(size: int) -> None:
    """Every tenth has each of the tags, every fifth an assessment, every twentieth lives in the next township.

    Only the numbers come from here, for the database cannot encrypt; everything else is one statement per table, and
    the indexes are built afterwards: three million people take minutes.
    """
    units = [unit.pk for unit in OrgUnit.objects.townships().order_by("code")]
    tables = ("subsidies_elder", "subsidies_eldertag", "subsidies_assessment")
    with connection.cursor() as cursor:
        _history(cursor, tables, on=False)
        with _indexes_afterwards(cursor, tables):
            _copy_numbers(cursor, size)
            cursor.execute(
                ELDERS, {"units": units, "surnames": SURNAMES, "given": GIVEN, "birthdays": BIRTHDAYS}
            )
            cursor.execute(
                """INSERT INTO subsidies_eldertag (elder_id, kind, held, source)
                SELECT id, k, '{[2015-01-01,)}', '' FROM subsidies_elder, unnest(%s::text[]) k
                WHERE abs(hashtext(id || k)) %% 10 = 0""",
                [list(TAGS)],
            )
            cursor.execute(
                """INSERT INTO subsidies_assessment (elder_id, standard, reason, assessed_on, level, items, is_comatose,
                    has_dementia, risk_events, original, first_assessor, second_assessor, agency, note)
                SELECT id, 'gbt42195', 'first', '2024-01-05', id % 5, '{}', false, false, 0, '', '', '', '', ''
                FROM subsidies_elder WHERE id % 5 = 0"""
            )
        _history(cursor, tables, on=True)


# As ``born`` and ``name`` have it, but for which of the names somebody gets.
ELDERS = """
    INSERT INTO subsidies_elder (id_kind, id_number, id_reason, name, name_key, sex, born_on, org_unit_id, registered,
        registered_address, residence_unit_id, resident, address, phone, contact_name, contact_relation, contact_phone,
        wishes_central_care, death_source, note)
    SELECT 'resident', number, '', called, called, sex,
        date '1925-01-01' + (place::bigint * 37 %% %(birthdays)s)::integer,
        units[1 + place %% count], '{[1990-01-01,)}', '',
        units[1 + (place + CASE WHEN place %% 20 = 0 THEN 1 ELSE 0 END) %% count], '{[1990-01-01,)}', '',
        phone, '', '', '', '{}', '', ''
    FROM (
        SELECT place, number, phone, sex, substr(%(surnames)s, 1 + (hash & 31)::integer %% length(%(surnames)s), 1)
            || substr(%(given)s, 1 + (hash >> 8 & 255)::integer %% length(%(given)s), 1)
            || substr(%(given)s, 1 + (hash >> 16 & 255)::integer %% length(%(given)s), 1) AS called
        FROM bench_numbers, LATERAL (SELECT hashint8extended(place, 0) AS hash) hashed
    ) person, (SELECT %(units)s::bigint[] AS units, cardinality(%(units)s::bigint[]) AS count) county
    ORDER BY place"""


def _copy_numbers(cursor, size: int) -> None:
    id_number, phone = Elder._meta.get_field("id_number"), Elder._meta.get_field("phone")
    cursor.execute("CREATE TEMPORARY TABLE bench_numbers (place integer, number text, phone text, sex text)")
    for first in range(0, size, AT_ONCE):
        places = range(first, min(first + AT_ONCE, size))
        numbers = [number(place) for place in places]
        phones = encrypt_many(phone, [f"139{place % 100_000_000:08d}" for place in places])
        sexes = ["male" if int(own[16]) % 2 else "female" for own in numbers]
        with cursor.copy("COPY bench_numbers FROM STDIN") as copy:
            for row in zip(places, encrypt_many(id_number, numbers), phones, sexes, strict=True):
                copy.write_row(row)


@contextmanager
def _indexes_afterwards(cursor, tables: tuple[str, ...]) -> Iterator[None]:
    """Without those that stand for no constraint, which are built anew when the tables are full."""
    cursor.execute(
        """SELECT kept.indexrelid::regclass::text, pg_get_indexdef(kept.indexrelid)
        FROM pg_index kept LEFT JOIN pg_constraint held ON held.conindid = kept.indexrelid
        WHERE kept.indrelid = ANY(%s::regclass[]) AND held.oid IS NULL""",
        [list(tables)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in found:
        cursor.execute(definition)
    cursor.execute("RESET maintenance_work_mem")


def fill_programmes(county: OrgUnit, *, one_in: int = 1) -> list[Programme]:
    """Four programmes, the last two of which exclude each other – the higher is paid –, and every ``one_in``-th elder enrolled in each."""
    programmes = [_programme(county, code, eligibility, bands) for code, eligibility, bands in PROGRAMMES]
    Exclusion.objects.create(
        yielding=programmes[2], prevailing=programmes[3], relation="higher", effective_from=FIRST
    )
    tables = ("subsidies_enrolment", "subsidies_payee")
    with connection.cursor() as cursor:
        _history(cursor, tables, on=False)
        for programme in programmes:
            cursor.execute(
                """INSERT INTO subsidies_enrolment
                    (programme_id, org_unit_id, elder_id, state, applied_on, approved_on, suspended, end_reason, note)
                SELECT %s, org_unit_id, id, 'running', %s, %s, '{}', '', '' FROM subsidies_elder WHERE id %% %s = 0""",
                [programme.pk, FIRST, FIRST, one_in],
            )
        keys = "SELECT id, name FROM subsidies_elder ORDER BY id"
        cursor.execute(keys)
        people = cursor.fetchall()
        accounts = encrypt_many(Payee._meta.get_field("account"), [f"62{pk:015d}" for pk, _ in people])
        columns = "elder_id, relation, name, id_number, phone, bank, account, used_from"
        with cursor.copy(f"COPY subsidies_payee ({columns}) FROM STDIN") as copy:
            for (pk, called), account in zip(people, accounts, strict=True):
                copy.write_row([pk, "本人", called, "", "", "农村商业银行", account, FIRST])
        _history(cursor, tables, on=True)
    return programmes


def _programme(county: OrgUnit, code: str, eligibility: str, bands: tuple) -> Programme:
    programme = Programme.objects.create(
        org_unit=county, code=code, name=f"示例{code}", kind=KINDS.get(code, Programme.Kind.OLD_AGE), starts_on=FIRST, portal_from=FIRST
    )  # fmt: skip
    version = RuleVersion.objects.create(
        programme=programme, effective_from=FIRST, document_number="示例", eligibility=eligibility,
        back_pay="eligible", facts_day="previous_month_end",
    )  # fmt: skip
    for position, (youngest, oldest, amount) in enumerate(bands, 1):
        Band.objects.create(
            version=version, position=position, label="示例", age_from=youngest, age_to=oldest, amount=amount
        )
    return programme


def _history(cursor, tables: tuple[str, ...], *, on: bool) -> None:
    """What has long been there has no history of today: the engine would take everybody for changed."""
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER USER")
