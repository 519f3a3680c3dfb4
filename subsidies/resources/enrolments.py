"""The sheet of recipients taken over from another system (享受资格台账), and of stops to be entered."""

import datetime as dt
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind
from eldercare.excel.ledgers import Check, Field, Ledger, Prepare, Situation, Target, register
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from facilities.resources.common import choices
from subsidies.models import Enrolment, EnrolmentStep, Programme
from subsidies.resources.common import (
    ID_NUMBER,
    NAME,
    OWN_PERSON_CHECKS,
    PERSON,
    TOUCHED,
    add_name_keys,
    county_only,
    filled,
    has_error,
    not_in_future,
    parts_of,
    who_is,
)

COLUMNS: tuple[Column, ...] = (
    Column("programme", "项目", aliases=("补贴项目", "项目名称", "津贴项目", "享受项目", "享受类别"), required=True, width=24, max_length=60, help="本县补贴项目的名称或代码。"),
    NAME,
    ID_NUMBER,
    Column("applied_on", "申请日期", aliases=("申请时间", "受理日期"), kind=Kind.DATE, required=True, width=14),
    Column("approved_on", "批准日期", aliases=("批准时间", "审批日期", "批准月份"), kind=Kind.DATE, width=14, help="不填的同申请日期。"),
    Column("ended_from", "停发起始月", aliases=("停发月份", "停止月份", "停发时间", "停止时间", "应停发日"), kind=Kind.MONTH, width=14, help="从这个月起不发；仍在享受的不填。"),
    Column("end_reason", "停发原因", aliases=("停止原因",), kind=Kind.CHOICE, width=16, choices=choices(Enrolment.EndReason.choices, died="死亡 亡故 过世", moved_out="迁出", not_eligible="资格取消 不符合条件", double="重复", given_up="放弃", not_found="失联", not_certified="未认证 不符合每月认证")),
    Column("note", "备注", aliases=("说明",), width=20, max_length=200),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}


def _programmes(unit: OrgUnit):
    return Programme.objects.filter(org_unit__path=unit.path, beneficiary=Programme.Beneficiary.ELDER)


class _Names:
    """Programmes for elders by name or code; a name that two of them bear finds neither."""

    def __init__(self, unit: OrgUnit) -> None:
        self.found: dict[str, int | None] = {}
        names = []
        for pk, name, code in _programmes(unit).values_list("pk", "name", "code"):
            for word in (name, code):
                self.found[word.lower()] = None if word.lower() in self.found else pk
            names.append(name)
        self.words = f"可填：{'、'.join(names)}。" if names else "请先在“补贴项目”里登记。"

    def find(self, text: str) -> int | None:
        return self.found.get(text.lower())


def _prepare(situation: Situation) -> Prepare:
    names = _Names(situation.unit)

    def prepare(rows: CleanBatch) -> None:
        add_name_keys(rows)
        values = rows.values
        values["programme_id"] = [names.find(each) if each else None for each in values["programme"]]
        for index, (text, pk) in enumerate(zip(values["programme"], values["programme_id"], strict=True)):
            if text and pk is None:
                message = f"本县没有发给老年人的“{text[:30]}”项目。{names.words}"
                situation.say(rows, index, BY_KEY["programme"], message, value=text)
        not_in_future(situation, rows, BY_KEY["applied_on"], BY_KEY["approved_on"])
        _periods(situation, rows)
        values["state_now"] = ["ended" if each else None for each in values["ended_from"]]

    return prepare


def _periods(situation: Situation, rows: CleanBatch) -> None:
    keys = ("applied_on", "approved_on", "ended_from", "end_reason")
    for index, (applied, approved, ended, reason) in enumerate(
        zip(*(rows.values[key] for key in keys), strict=True)
    ):
        if applied and approved and approved < applied:
            situation.say(
                rows, index, BY_KEY["approved_on"], "批准日期早于申请日期，请核对。", value=approved
            )
        if ended and not reason and not has_error(rows, index, "end_reason"):
            situation.say(rows, index, BY_KEY["end_reason"], "填了停发起始月，就要填停发原因。")
        if reason and not ended and not has_error(rows, index, "ended_from"):
            situation.say(rows, index, BY_KEY["ended_from"], "填了停发原因，就要填停发起始月。")
        if ended and applied and ended < applied.replace(day=1):
            situation.say(
                rows, index, BY_KEY["ended_from"], "停发起始月早于申请的月份，请核对。", value=ended
            )


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    rows = Enrolment.objects.filter(state=Enrolment.State.RUNNING, applied_on__lte=as_of)
    for each in parts_of(rows.select_related("programme"), unit):
        plain = {key: getattr(each, key) for key in ("applied_on", "approved_on", "note")}
        yield who_is(each.elder) | plain | {"programme": each.programme.name}


def _programme_names(unit: OrgUnit, as_of: dt.date) -> dict[str, list[str]]:
    return {"programme": list(_programmes(unit).values_list("name", flat=True))}


# The last place of a person in a programme; after an end a later application is another place.
JOIN = """enrolment.elder_id = elder.id AND enrolment.programme_id = s.programme_id
    AND enrolment.state NOT IN ('refused', 'withdrawn')
    AND NOT EXISTS (
        SELECT 1 FROM subsidies_enrolment later
         WHERE later.elder_id = enrolment.elder_id AND later.programme_id = enrolment.programme_id
           AND later.state NOT IN ('refused', 'withdrawn')
           AND (later.applied_on, later.id) > (enrolment.applied_on, enrolment.id))
    AND NOT (enrolment.state = 'ended' AND s.applied_on >= enrolment.ended_from
             AND s.applied_on <> enrolment.applied_on)"""
LAST = """
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number
      JOIN subsidies_enrolment n ON n.elder_id = e.id AND n.programme_id = s.programme_id
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path LIKE %(path)s || '%%'
     WHERE """
IN_HAND = filled(
    """
    SELECT s.row, '此人在该项目的申请正在办理，请在网页上办完，不在本表登记。'
    [last] n.state IN ('applied', 'checked', 'on_notice', 'noticed')""",
    last=LAST,
)
OTHER_DATES = filled(
    """
    SELECT s.row, '此人已在该项目享受，台账里的申请日期是 ' || n.applied_on || '，批准日期是 ' || n.approved_on
                  || '，与本行不同；起止日期有误的请在网页上更正。'
    [last] n.state = 'running' AND (s.applied_on <> n.applied_on OR s.approved_on <> n.approved_on)""",
    last=LAST,
)
ENDED_AGAIN = filled(
    """
    SELECT s.row, '此人在该项目已于 ' || to_char(n.ended_from, 'YYYY-MM') || ' 停发，本行与之不同；更正停发请在网页上办理。'
    [last] n.state = 'ended' AND n.applied_on = s.applied_on
       AND (s.ended_from IS DISTINCT FROM n.ended_from OR s.end_reason IS DISTINCT FROM n.end_reason)""",
    last=LAST,
)
OVERLAPPING = filled(
    """
    SELECT s.row, '此人在该项目已登记享受到 ' || to_char(n.ended_from, 'YYYY-MM') || ' 以前，与本行的时间重叠，请核对。'
    [last] n.state = 'ended' AND n.applied_on < s.applied_on AND s.applied_on < n.ended_from""",
    last=LAST,
)
EARLIER = filled(
    """
    SELECT s.row, '此人在该项目已登记了 ' || n.applied_on || ' 申请的一次享受，比本行晚；先后享受几次的要先传较早的一次，漏传的请联系县级在网页上更正。'
    [last] n.state = 'ended' AND n.applied_on > s.applied_on""",
    last=LAST,
)
# A place after an end begins where the one before ended, so that no month is paid twice.
NOT_BEFORE = """(SELECT max(was.ended_from) FROM subsidies_enrolment was
    WHERE was.elder_id = elder.id AND was.programme_id = s.programme_id AND was.state = 'ended')"""
DEAD = """
    SELECT DISTINCT s.row, '档案里此人已于 ' || e.died_on || ' 死亡，请填写停发起始月和原因。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number AND e.died_on <= %(as_of)s
       AND s.ended_from IS NULL
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path LIKE %(path)s || '%%'"""


def _step(name: str, kind: str, when: str, comment: str) -> Target:
    return Target(
        name,
        EnrolmentStep,
        join="false",  # one more with every upload that does something
        when=when,
        parents=("elder", "enrolment"),
        distinct=("enrolment.id",),
        constants={
            "enrolment_id": "enrolment.id",
            "kind": f"'{kind}'",
            "at": "now()",
            "by_id": "%(user)s",
            "comment": comment,
        },
        fields=(),
    )


ENROLMENT = Target(
    "enrolment",
    Enrolment,
    join=JOIN,
    parents=("elder",),
    distinct=("elder.id", "s.programme_id"),
    constants={
        "programme_id": "s.programme_id",
        "elder_id": "elder.id",
        "org_unit_id": "elder.org_unit_id",
        "applied_on": "s.applied_on",
        "approved_on": "coalesce(s.approved_on, s.applied_on)",
        "not_before": NOT_BEFORE,
    },
    fields=(
        # The state goes with the month of the stop, which is what the slip shows.
        Field(
            "state", "ended_from", source="state_now", keep=True, default="'running'",
            old="enrolment.ended_from", new="s.ended_from",
        ),
        Field("ended_from", "ended_from", source="ended_from", keep=True),
        Field("end_reason", "end_reason", keep=True, default="''"),
        Field("note", "note", keep=True, default="''"),
    ),
)  # fmt: skip

register(
    Ledger(
        key="enrolments",
        position=23,
        label="享受资格台账",
        title="享受资格台账",
        row_name="享受资格",
        measure_word="条",
        columns=COLUMNS,
        derived={"name_key": "text", "programme_id": "bigint", "state_now": "text"},
        targets=(
            PERSON,
            ENROLMENT,
            _step(
                "ending",
                "end",
                "enrolment.state = 'running' AND s.ended_from IS NOT NULL",
                "'由享受资格台账上传停发'",
            ),
            _step("entry", "import", "enrolment.id IS NULL AND elder.id IS NOT NULL", "coalesce(s.note, '')"),
        ),
        subject="enrolment",
        unique=("s.id_number", "s.programme_id"),
        unique_key="id_number",
        row_label="concat_ws(' ', s.name, s.programme)",
        prepare=_prepare,
        checks=(
            *OWN_PERSON_CHECKS,
            Check("programme", IN_HAND),
            Check("applied_on", OTHER_DATES),
            Check("ended_from", ENDED_AGAIN),
            Check("applied_on", OVERLAPPING),
            Check("applied_on", EARLIER),
            Check("ended_from", DEAD),
        ),
        units_touched=TOUCHED,
        present_rows=_present_rows,
        lists=_programme_names,
        instructions=(
            "用于把原系统里已在享受的人接过来，也可以成批登记停发；新的申请请在网页上办理审核、公示和批准。",
            "一行是一个人的一个项目。已在享受的人再次上传，只有停发起始月和原因、备注会写入。",
            "某人先后享受过几次的，先传较早的一次。",
        ),
        permission=Permission.PREPARE_PAYMENTS,
        guard=county_only,
    )
)
