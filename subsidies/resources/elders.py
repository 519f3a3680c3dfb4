"""The sheet of the register (老年人台账): one row per person, with the kinds of persons as yes or no."""

import datetime as dt
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Severity
from eldercare.excel.ledgers import Check, Field, Ledger, Prepare, Situation, Target, register
from eldercare.identity import Sex, check_id_number, ordinary_id
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from facilities.resources.common import Units, tell
from subsidies.models import Elder, ElderChange, ElderTag
from subsidies.resources.common import add_name_keys, filled, has_error, not_in_future
from subsidies.resources.elder_columns import BY_KEY, COLUMNS, TAGS
from subsidies.resources.places import Residences
from subsidies.rules.elders import OLDEST, YOUNGEST, age_by_month, check_elder

USE_NEW = "此人已按 18 位身份证号登记，请改填 18 位号码。"
ELSEWHERE_WORDS = "已在其他镇(街道)登记，请联系县民政局。"
NO_DOCUMENT = "没有证件的人请在老年人页面逐人登记，不在本表上传。"
SEXES = {Sex.MALE: "male", Sex.FEMALE: "female"}
CHECKED = ("id_kind", "id_number", "id_reason", "sex", "born_on", "died_on", "moved_in_on")


def _prepare(situation: Situation) -> Prepare:
    units = Units(situation)
    codes = {pk: code for code, pk in units.ids.items()}
    residences = Residences(situation, BY_KEY["residence"], BY_KEY["residence_village"])
    number = BY_KEY["id_number"]
    # A sheet without the column of reasons shows the doubt at the number itself.
    columns = BY_KEY if "id_reason" in situation.present else BY_KEY | {"id_reason": number}
    columns |= {"registered_since": BY_KEY["moved_in_on"]}

    def prepare(rows: CleanBatch) -> None:
        units.fill(rows)
        add_name_keys(rows)
        values = rows.values
        values["village_id"] = units.villages(rows)
        values["township_code"] = [codes.get(pk) for pk in values["org_unit_id"]]
        residences.fill(rows)
        _destitute(values)
        values["death_source"] = [
            source or ("village" if died else None)
            for source, died in zip(values["death_source"], values["died_on"], strict=True)
        ]
        for index, record in enumerate(zip(*(values[key] for key in CHECKED), strict=True)):
            if found := _unremarkable(record, situation.as_of):
                values["born_on"][index], values["sex"][index] = found
            else:
                _look_at(situation, rows, index, dict(zip(CHECKED, record, strict=True)), columns)
        not_in_future(situation, rows, BY_KEY["died_on"])
        _old_numbers(situation, rows)

    return prepare


def _unremarkable(record: tuple, today: dt.date) -> tuple[dt.date, str] | None:
    """Birth date and sex of a row about which the rules surely have nothing to say: the way of nearly all."""
    kind, number, _, sex, born, died, moved = record
    if kind not in (None, "resident") or died is not None or moved is not None:
        return None
    found = ordinary_id(number, today) if number else None
    if found is None or (born and born != found[0]) or (sex and sex != SEXES[found[1]]):
        return None
    if not YOUNGEST <= age_by_month(found[0], today) < OLDEST:
        return None
    return found[0], SEXES[found[1]]


def _look_at(situation: Situation, rows: CleanBatch, index: int, row: dict, columns: dict) -> None:
    """Everything the rules say of a row, and what its number tells where the sheet is silent."""
    values, number = rows.values, row["id_number"]
    is_resident = row["id_kind"] in (None, "resident")
    checked = check_id_number(number, today=situation.as_of) if number and is_resident else None
    if checked is not None:
        if any(each.code == "no_number" for each in checked.errors):
            situation.say(rows, index, BY_KEY["id_number"], NO_DOCUMENT, value=number)
            return
        row["born_on"] = row["born_on"] or checked.birth_date
        row["sex"] = row["sex"] or SEXES.get(checked.sex)
    values["born_on"][index], values["sex"][index] = row["born_on"], row["sex"]
    remarks = check_elder(row | {"registered_since": row["moved_in_on"]}, today=situation.as_of)
    if not number:  # an empty or unreadable cell is an error already
        remarks = [each for each in remarks if each.key != "id_number"]
    tell(situation, rows, index, remarks, columns)
    if number and (checked is None or checked.usable):
        for key in ("born_on", "sex"):
            if row[key] is None and not has_error(rows, index, key):
                heading = BY_KEY[key].heading
                situation.say(rows, index, BY_KEY[key], f"从证件号码看不出{heading}，请填写。")
    if row["died_on"] and row["born_on"] and row["died_on"] < row["born_on"]:
        situation.say(rows, index, BY_KEY["died_on"], "死亡日期早于出生日期，请核对。", value=row["died_on"])


def _destitute(values: dict) -> None:
    """One cell speaks of two kinds, which exclude each other."""
    for way in ("central", "scattered"):
        values[f"destitute_{way}"] = [None if each is None else each == way for each in values["destitute"]]


def _old_numbers(situation: Situation, rows: CleanBatch) -> None:
    """Whoever is registered under the number of 18 characters is not registered again under that of 15 digits."""
    numbers = enumerate(rows.values["id_number"])
    became = {index: check_id_number(each).upgrades for index, each in numbers if each and len(each) == 15}
    if not became:
        return
    wanted = [number for upgrades in became.values() for number in upgrades]
    people = Elder.objects.filter(id_number__in=wanted).select_related("org_unit")
    known = {each.id_number.reveal(): each.org_unit.path for each in people}
    for index, upgrades in became.items():
        for path in [known[number] for number in upgrades if number in known][:1]:
            words = USE_NEW if path.startswith(situation.unit.path) else ELSEWHERE_WORDS
            situation.say(rows, index, BY_KEY["id_number"], words)


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    people = Elder.objects.filter(org_unit__path__startswith=unit.path).current().alive_on(as_of)
    people = people.exclude(id_number=None)
    related = ("org_unit", "village", "residence_unit", "residence_village")
    for each in people.select_related(*related).prefetch_related("tags").iterator(2_000):
        row = {key: getattr(each, key) for key in PLAIN}
        row |= {key: value.reveal() for key in NUMBERS if (value := getattr(each, key))}
        row |= {
            "township": each.org_unit.code,
            "village": each.village.code if each.village else None,
            "residence": each.residence_unit.name if each.residence_unit else "县外",
            "residence_village": each.residence_village.name if each.residence_village else None,
            "registered": each.registered.on(as_of),
        }
        held = {tag.kind for tag in each.tags.all() if tag.held.on(as_of)}
        row |= {kind: True for kind in TAGS if kind in held}
        for way in ("central", "scattered"):
            if f"destitute_{way}" in held:
                row["destitute"] = way
        yield row


NUMBERS = ("id_number", "phone", "contact_phone")
OPTIONAL = (
    "id_reason", "registered_address", "address", "phone", "contact_name", "contact_relation", "contact_phone", "note",
)  # fmt: skip
PLAIN = (
    "name", "id_kind", "id_reason", "sex", "born_on", "registered_address", "address", "contact_name",
    "contact_relation", "note",
)  # fmt: skip


def _place(column: str, key: str, default: str = "") -> Field:
    named = "(SELECT u.name FROM eldercare_orgunit u WHERE u.id = {})"
    return Field(
        column, key, source=column, keep=True, default=default,
        old=named.format(f"elder.{column}"), new=named.format(f"s.{column}"),
    )  # fmt: skip


DIED_NOW = "s.died_on IS NOT NULL AND t.died_on IS DISTINCT FROM s.died_on"
SINCE_BIRTH = "datemultirange(daterange(coalesce(s.moved_in_on, s.born_on), NULL))"
AT_HOME = "NOT s.lives_outside AND coalesce(s.residence_unit_id = s.org_unit_id, true)"
PERSON = Target(
    "elder",
    Elder,
    join="elder.id_number = s.id_number",
    distinct=("s.id_number",),
    constants={
        "id_number": "s.id_number",
        "name_key": "s.name_key",
        "org_unit_id": "s.org_unit_id",
        # Moves are registered on the page, with how they became known.
        "registered": f"CASE WHEN coalesce(s.registered, true) THEN {SINCE_BIRTH} ELSE '{{}}'::datemultirange END",
        "resident": f"CASE WHEN s.lives_outside THEN '{{}}'::datemultirange ELSE {SINCE_BIRTH} END",
        "death_known_on": "CASE WHEN s.died_on IS NOT NULL THEN %(as_of)s::date END",
        "death_source": "coalesce(s.death_source, '')",
    },
    on_update={
        "name_key": "s.name_key",
        "death_known_on": f"CASE WHEN {DIED_NOW} THEN %(as_of)s::date ELSE t.death_known_on END",
        "death_source": f"CASE WHEN {DIED_NOW} THEN s.death_source ELSE t.death_source END",
    },
    fields=(
        Field("name", "name"),
        Field("id_kind", "id_kind", keep=True, default="'resident'"),
        Field("sex", "sex", source="sex", keep=True),
        Field("born_on", "born_on", source="born_on", keep=True),
        Field("died_on", "died_on", keep=True),
        _place("village_id", "village"),
        _place("residence_unit_id", "residence", "CASE WHEN NOT s.lives_outside THEN s.org_unit_id END"),
        _place("residence_village_id", "residence_village", f"CASE WHEN {AT_HOME} THEN s.village_id END"),
        *(Field(key, key, keep=True, default="''") for key in OPTIONAL),
    ),
)
DEATH = Target(
    "death",
    ElderChange,
    join="false",  # one entry for every death that becomes known, also after one that was revoked
    when="s.died_on IS NOT NULL AND elder.died_on IS DISTINCT FROM s.died_on",
    parents=("elder",),
    distinct=("elder.id",),
    constants={
        "elder_id": "elder.id",
        "kind": "'died'",
        "happened_on": "s.died_on",
        "known_on": "%(as_of)s",
        "source": "s.death_source",
        "note": "'由老年人台账上传登记'",
        "recorded_by_id": "%(user)s",
        "recorded_at": "now()",
    },
    fields=(),
)


def _tag(kind: str, key: str = "") -> Target:
    """A kind of person: yes makes or goes on with a period, no ends the one there is."""
    name = f"tag_{kind}"
    shown = {}
    if key:  # two kinds in one column
        held = "CASE WHEN tag_destitute_{0}.held @> %(as_of)s::date THEN '{0}' END"
        both = ", ".join(held.format(way) for way in ("central", "scattered"))
        shown = {"old": f"coalesce({both}, 'no')", "new": f"s.{key}"}
    return Target(
        name,
        ElderTag,
        join=f"{name}.elder_id = elder.id AND {name}.kind = '{kind}'",
        when=f'(s."{kind}" OR {name}.id IS NOT NULL)',
        parents=("elder",),
        distinct=("elder.id",),
        constants={
            "elder_id": "elder.id",
            "kind": f"'{kind}'",
            "source": """to_char(%(as_of)s::date, 'FMYYYY"年"FMMM"月老年人台账"')""",
        },
        fields=(Field("held", key or kind, source=kind, **shown),),
    )


TAG_TARGETS = (
    _tag("destitute_central", "destitute"),
    _tag("destitute_scattered", "destitute"),
    *(_tag(kind) for kind in TAGS),
)

OURS = "JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path LIKE %(path)s || '%%'"
ELSEWHERE = filled(
    """
    SELECT s.row, '[words]'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path NOT LIKE %(path)s || '%%'""",
    words=ELSEWHERE_WORDS,
)
MERGED = filled(
    """
    SELECT s.row, '这个证件号码的档案已并入同一人的另一份档案，请改填保留的那份的证件号码。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number AND e.merged_into_id IS NOT NULL [ours]""",
    ours=OURS,
)
OTHER_TOWNSHIP = filled(
    """
    SELECT s.row, '档案里此人归' || u.name || '管理，与本行不同；县内变更管理镇(街道)请在老年人页面登记。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number AND e.org_unit_id <> s.org_unit_id [ours]""",
    ours=OURS,
)
MOVED = filled(
    """
    SELECT s.row, CASE WHEN s.registered THEN '档案里此人户籍不在本县，本行写“是”；' ELSE '档案里此人户籍在本县，本行写“否”；' END
                  || '户籍迁入、迁出要有日期和获知途径，请在老年人页面登记。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number
                     AND s.registered <> (e.registered @> %(as_of)s::date) [ours]""",
    ours=OURS,
)
LEFT = filled(
    """
    SELECT s.row, '档案里此人住在本县，本行写“县外”；离县居住请在老年人页面登记。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number
                     AND s.lives_outside AND e.residence_unit_id IS NOT NULL [ours]""",
    ours=OURS,
)
HALF_MOVED = filled(
    """
    SELECT s.row, '居住地与档案里不在同一个镇(街道)，请把“居住镇(街道)”和“居住村(社区)”两列都写明。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number
                     AND e.residence_unit_id IS DISTINCT FROM s.residence_unit_id [ours]
     WHERE s.residence_unit_id IS NOT NULL
       AND (s.village_alone OR (s.residence_village_id IS NULL AND e.residence_village_id IS NOT NULL))""",
    ours=OURS,
)
RENAMED = filled(
    """
    SELECT s.row, '档案里这个证件号码的姓名不同，写入后将改为本行的姓名，请核对是同一人。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number AND e.name_key <> s.name_key [ours]""",
    ours=OURS,
)
TWICE_KNOWN = filled(
    """
    SELECT DISTINCT s.row, '档案里已有同名、同出生日期而证件号码不同的人，请核对是不是同一人的两个号码。'
      FROM {stage} s JOIN subsidies_elder e ON e.name_key = s.name_key AND e.born_on = s.born_on
                     AND e.merged_into_id IS NULL AND e.id_number IS DISTINCT FROM s.id_number [ours]
     WHERE s.id_number IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM subsidies_elder k WHERE k.id_number = s.id_number)""",
    ours=OURS,
)
TWICE_HERE = """
    SELECT s.row, '与第 ' || string_agg(o.row::text, '、' ORDER BY o.row) || ' 行同名、同出生日期而证件号码不同，请核对是不是同一人。'
      FROM {stage} s JOIN {stage} o ON o.name_key = s.name_key AND o.born_on = s.born_on AND o.id_number <> s.id_number
     GROUP BY s.row"""

register(
    Ledger(
        key="elders",
        position=20,
        label="老年人台账",
        title="老年人台账",
        row_name="老年人",
        measure_word="位",
        columns=COLUMNS,
        derived={
            "org_unit_id": "bigint",
            "village_id": "bigint",
            "name_key": "text",
            "residence_unit_id": "bigint",
            "residence_village_id": "bigint",
            "lives_outside": "boolean",
            "village_alone": "boolean",
            "destitute_central": "boolean",
            "destitute_scattered": "boolean",
        },
        targets=(PERSON, DEATH, *TAG_TARGETS),
        subject="elder",
        unique=("s.id_number",),
        unique_key="id_number",
        row_label="s.name",
        prepare=_prepare,
        checks=(
            Check("id_number", ELSEWHERE),
            Check("id_number", MERGED),
            Check("township", OTHER_TOWNSHIP),
            Check("registered", MOVED),
            Check("residence", LEFT),
            Check("residence_village", HALF_MOVED),
            Check("name", RENAMED, Severity.WARNING),
            Check("id_number", TWICE_KNOWN, Severity.WARNING),
            Check("id_number", TWICE_HERE, Severity.WARNING),
        ),
        # Shown, never closed: who is not on a sheet has neither died nor moved.
        missing="""
            SELECT e.id, e.name FROM subsidies_elder e
              JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path LIKE %(path)s || '%%'
             WHERE e.merged_into_id IS NULL AND (e.died_on IS NULL OR e.died_on > %(as_of)s)
               AND e.registered @> %(as_of)s::date
               AND e.village_id IN (SELECT village_id FROM {stage} WHERE village_id IS NOT NULL)
               AND NOT EXISTS (SELECT 1 FROM {stage} s WHERE s.id_number = e.id_number)
             ORDER BY e.name_key, e.id""",
        units_touched="SELECT DISTINCT org_unit_id FROM {stage} WHERE org_unit_id IS NOT NULL",
        present_rows=_present_rows,
        instructions=(
            "按证件号码认人：号码一样就是同一个人。证件号码列请保持文本格式。",
            "户籍与居住地可以不同：由户籍地的镇(街道)上传，居住地填实际居住的镇(街道)、村(社区)。",
            "低保、独居等类别按数据日期填“是”或“否”，空着表示不改；其他列空着也不会清除已有的内容。",
            "迁入、迁出、变更管理镇(街道)不在本表办理，请在老年人页面登记日期和获知途径。",
            "“表中没有”只列出本表写到的村(社区)里其余在册的人，供核对，不会停用。",
        ),
        permission=Permission.EDIT_PEOPLE,
        link="elder-detail",
    )
)
