"""The official report: drafted and edited by one person, sealed by another, never changed afterwards."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from eldercare import audit, evidence
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.history import version_of
from eldercare.models import AuditEvent, ImportFile, Notice, OrgUnit, User
from eldercare.notices import holders, tell
from eldercare.permissions import Permission
from indicators.models import OfficialReport, Plan
from indicators.rules.official import Period, ends_a_period, title_of

Status = OfficialReport.Status
HEAD_FIELDS = ("title", "document_number", "addressee", "signatory", "signed_on")
NOBODY_ELSE = "起草、修改过这份月报的人不能定稿，请由另一位审核人办理。"


@transaction.atomic
def start(
    *,
    county: OrgUnit,
    kind: str,
    month: dt.date,
    plan: Plan | None,
    sections: list[dict[str, str]],
    by: User,
) -> OfficialReport:
    """A draft with the proposed text: the first version, or the one after the last sealed."""
    _require(by, Permission.PREPARE_OFFICIAL_REPORTS, county)
    if not ends_a_period(kind, month):
        raise Refused("半年报的截至月份应为6月或12月，年报应为12月，请重新选择。")
    # The row of the county is the lock: two people do not begin the same version.
    OrgUnit.objects.select_for_update().get(pk=county.pk)
    same = OfficialReport.objects.filter(org_unit=county, plan=plan, kind=kind, month=month)
    if draft := same.filter(status=Status.DRAFT).first():
        raise Conflict(f"{draft}已有一份起草中的，请打开那一份继续修改。")
    last = same.aggregate(last=Max("revision"))["last"] or 0
    before = OfficialReport.objects.filter(org_unit=county).order_by("-pk").first()
    now = timezone.now()
    report = OfficialReport.objects.create(
        org_unit=county,
        plan=plan,
        kind=kind,
        month=month,
        revision=last + 1,
        title=title_of(county.name, Period(kind, month)),
        addressee=before.addressee if before else "",
        signatory=before.signatory if before else f"{county.name}民政局",
        sections=sections,
        created_by=by,
        created_at=now,
        edited_by=by,
        edited_at=now,
    )
    _record(report, "起草", by)
    return report


@transaction.atomic
def edit(
    *, report: OfficialReport, version: int, head: Mapping[str, Any], texts: Mapping[str, str], by: User
) -> None:
    """Change heading and text of a draft. ``version`` is that of the row which the person saw."""
    report = _draft(report, by, version)
    for name in HEAD_FIELDS:
        setattr(report, name, head[name])
    report.sections = [
        {**each, "text": texts.get(each["key"], each["text"]).replace("\r\n", "\n").strip()}
        for each in report.sections
    ]
    _edited(report, by, *HEAD_FIELDS)


@transaction.atomic
def renew_section(*, report: OfficialReport, key: str, text: str, by: User) -> None:
    """Put the proposal made from today's figures in place of a section; what was written there is lost."""
    report = _draft(report, by)
    report.sections = [
        {"key": key, "text": text, "proposal": text} if each["key"] == key else each
        for each in report.sections
    ]
    _edited(report, by)


@transaction.atomic
def discard(*, report: OfficialReport, by: User) -> None:
    """Delete a draft; its history stays."""
    report = _draft(report, by)
    _record(report, "删除草稿", by)
    report.delete()


@transaction.atomic
def ask_to_seal(*, report: OfficialReport, by: User) -> int:
    """Tell those who may seal it that the draft is ready; how many were told."""
    report = _draft(report, by)
    authors = report.authors()
    people = [
        person
        for person in holders(report.org_unit, Permission.SEAL_OFFICIAL_REPORTS)
        if person.pk not in authors
    ]
    if not people:
        raise Refused("本单位没有可以定稿的其他审核人，请联系系统管理员设置县级审核账号。")
    return tell(people, Notice.Kind.SUBMITTED, f"{report}已起草，请核对后定稿。", _link(report), by=by)


@dataclass(frozen=True)
class Sealing:
    """What a version is sealed with: figures, files, and the day that stands below its text."""

    version: int  # of the row that figures and files were made from
    figures: dict[str, Any]
    docx: bytes
    xlsx: bytes
    signed_on: dt.date


@transaction.atomic
def seal(*, report: OfficialReport, sealing: Sealing, accept_missing: bool, by: User) -> OfficialReport:
    """Freeze a draft with its figures and files. Somebody else than its authors does it, knowing what is missing."""
    report = _locked(report)
    _require(by, Permission.SEAL_OFFICIAL_REPORTS, report.org_unit)
    _expect_draft(report, sealing.version)
    if by.pk in report.authors():
        raise Refused(NOBODY_ELSE)
    if empty := [each["key"] for each in report.sections if not each["text"].strip()]:
        raise Refused(f"正文还有 {len(empty)} 个部分是空的，请由起草人补充后再定稿。")
    missing = sealing.figures["missing"]
    if missing and not accept_missing:
        raise Refused(f"{'、'.join(missing)}的月报还没有报齐或审核通过。确需按现有数据定稿的，请勾选确认。")
    report.figures, report.signed_on = sealing.figures, sealing.signed_on
    report.docx, report.docx_sha256 = _keep(sealing.docx)
    report.xlsx, report.xlsx_sha256 = _keep(sealing.xlsx)
    report.status, report.sealed_by, report.sealed_at = Status.SEALED, by, timezone.now()
    report.save()
    _record(report, "定稿", by, revision=report.revision, docx=report.docx_sha256, missing=missing)
    authors = (report.created_by, report.edited_by)
    tell(authors, Notice.Kind.APPROVED, f"{report}已定稿，可以下载报送。", _link(report), by=by)
    return report


def sealed_file(report: OfficialReport, kind: str) -> bytes:
    """The bytes that were sealed. Raises ``Refused`` when they are no longer those."""
    file, checksum = (
        (report.docx, report.docx_sha256) if kind == "docx" else (report.xlsx, report.xlsx_sha256)
    )
    content = evidence.content_of(file)
    if hashlib.sha256(content).hexdigest() != checksum:
        raise Refused(f"{report}的文件与定稿时的校验和不一致，不能下载，请报告系统管理员从备份核对。")
    return content


# ---------------------------------------------------------------------------------------------------------------


def _keep(content: bytes) -> tuple[ImportFile, str]:
    file = evidence.keep(content)
    return file, file.sha256


def _locked(report: OfficialReport) -> OfficialReport:
    return (
        OfficialReport.objects.select_for_update(of=("self",))
        .select_related("org_unit", "plan", "created_by", "edited_by")
        .get(pk=report.pk)
    )


def _draft(report: OfficialReport, by: User, version: int | None = None) -> OfficialReport:
    report = _locked(report)
    _require(by, Permission.PREPARE_OFFICIAL_REPORTS, report.org_unit)
    _expect_draft(report, version)
    return report


def _expect_draft(report: OfficialReport, version: int | None) -> None:
    if report.is_sealed:
        raise Conflict(f"{report}已定稿，不能再修改；需要更正的，请另起草新的一版。")
    if version is not None and version_of(report) != version:
        raise Conflict(
            f"{report.edited_by.full_name}在 {timezone.localtime(report.edited_at):%H:%M} 修改过这份月报，"
            "您的内容没有保存。请核对最新内容后再办理。"
        )


def _edited(report: OfficialReport, by: User, *fields: str) -> None:
    report.edited_by, report.edited_at = by, timezone.now()
    report.save(update_fields=["sections", "edited_by", "edited_at", *fields])
    _record(report, "修改", by)


def _require(by: User, permission: Permission, county: OrgUnit) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.get_role_display()}不能办理工作进展月报。")
    if by.org_unit_id != county.pk:
        raise NotAllowed("只能办理本单位的工作进展月报。")


def _record(report: OfficialReport, what: str, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.REPORT, by=by, subject=f"{report} {what}", org_unit=report.org_unit, **detail
    )


def _link(report: OfficialReport) -> str:
    return f"/official/{report.pk}/"
