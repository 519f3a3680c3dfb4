"""Organisation, accounts, notices, uploads and the audit log."""

import datetime as dt
from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from eldercare.permissions import ROLE_PERMISSIONS, Permission, Role
from eldercare.scoping import ScopedQuerySet


class OrgUnitQuerySet(ScopedQuerySet):
    scope_path = ""

    def as_of(self, day: dt.date) -> Self:
        """Units that exist on ``day``."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def within(self, unit: "OrgUnit") -> Self:
        """``unit`` and everything below it."""
        return self.filter(path__startswith=unit.path)

    def townships(self) -> Self:
        return self.filter(level=OrgUnit.Level.TOWNSHIP)

    def counties(self) -> Self:
        return self.filter(level=OrgUnit.Level.COUNTY)


class OrgUnit(models.Model):
    """An administrative division or another unit that reports (组织单位).

    ``code`` follows GB/T 2260 and the statistical codes: 6 digits for a county, 9 for a township, 12 for a
    village. Codes and names change over time, so a unit is valid for a period and names its predecessor.
    """

    class Level(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县(市、区)"
        TOWNSHIP = "township", "镇(街道)"
        VILLAGE = "village", "村(社区)"
        REPORTING = "reporting", "非区划填报单位"
        DEPARTMENT = "department", "部门"  # responsible for tasks; owes no monthly figures

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", verbose_name="上级", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    predecessor = models.ForeignKey(
        "self",
        verbose_name="前身",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
    )
    path = models.CharField(
        "路径", max_length=120, unique=True, help_text="上级代码以“/”相连，如 /330424/330424101/"
    )
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True, blank=True, help_text="失效当日起不再有效；空为至今有效")

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        verbose_name = "组织单位"
        verbose_name_plural = "组织单位"
        ordering = ("code",)
        indexes: ClassVar = [
            models.Index(fields=["path"], name="orgunit_path_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["level", "code"], name="orgunit_level_code"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="orgunit_valid_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            )
        ]

    def __str__(self) -> str:
        return self.name

    def contains(self, other: "OrgUnit") -> bool:
        """True for the unit itself and every unit below it."""
        return other.path.startswith(self.path)

    @property
    def county_path(self) -> str:
        """The path of the county that the unit is or lies in: the districts of a city are foreign to each other."""
        if self.level in (self.Level.CITY, self.Level.COUNTY):
            return self.path
        codes = self.path.strip("/").split("/")
        below = 2 if self.level == self.Level.VILLAGE else 1
        return f"/{'/'.join(codes[: max(len(codes) - below, 1)])}/"


class UserManager(BaseUserManager):
    def get_queryset(self) -> models.QuerySet:
        # Every request needs the unit of the account for scoping: one join instead of one more query.
        return super().get_queryset().select_related("org_unit")

    def visible_to(self, user: "User") -> models.QuerySet:
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        return self.filter(org_unit__path__startswith=user.org_unit.path)


@pghistory.track(exclude=["password", "last_login"], meta={"ordering": ["-pgh_id"]})
class User(AbstractBaseUser):
    """An account of one person with one role in one unit (账号)."""

    username = models.CharField(
        "用户名", max_length=40, unique=True, error_messages={"unique": "该用户名已被使用，请换一个。"}
    )
    full_name = models.CharField("姓名", max_length=40)
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="所属单位", on_delete=models.PROTECT, related_name="users"
    )
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", default=timezone.now)
    is_demo = models.BooleanField("演示账号", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    narrowed_to: frozenset[Permission] | None = None  # by the API token that a request came with

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ("username",)
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.full_name or self.username

    def may(self, permission: Permission) -> bool:
        if self.narrowed_to is not None and permission not in self.narrowed_to:
            return False
        return self.is_active and permission in ROLE_PERMISSIONS.get(self.role, frozenset())

    @property
    def is_township(self) -> bool:
        return self.role == Role.TOWNSHIP_CLERK


class PasswordRecord(models.Model):
    """A password used before, as its hash, so that it is not used again (历史密码)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_records")
    password = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "历史密码"
        verbose_name_plural = "历史密码"
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """A notice is for one person: nobody else sees it."""
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notice(models.Model):
    """A message on a person's home page (站内通知)."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", "催报"
        RETURNED = "returned", "退回"
        APPROVED = "approved", "审核通过"
        SUBMITTED = "submitted", "待审核"
        IMPORT = "import", "上传"
        SYSTEM = "system", "系统"

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    text = models.CharField("内容", max_length=300)
    link = models.CharField("链接", max_length=200, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "站内通知"
        verbose_name_plural = "站内通知"
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="notice_unread", condition=Q(read_at=None))
        ]

    def __str__(self) -> str:
        return self.text


class AuditEventQuerySet(ScopedQuerySet):
    """The log of a county is for that county's auditor."""


class AuditEvent(models.Model):
    """Who did or saw what, when and from where (审计日志). Append-only: a trigger refuses update and delete."""

    class Action(models.TextChoices):
        SIGN_IN = "sign_in", "登录"
        SIGN_IN_FAILED = "sign_in_failed", "登录失败"
        LOCKED_OUT = "locked_out", "账号锁定"
        SIGN_OUT = "sign_out", "退出"
        PASSWORD = "password", "修改密码"
        ACCOUNT = "account", "账号管理"
        REPORT = "report", "月报流转"
        FIGURE = "figure", "填报数据"
        PLAN = "plan", "规划与指标"
        CONFIRM = "confirm", "指标确认"
        TASK = "task", "重点任务"
        REMIND = "remind", "催报"
        LEDGER = "ledger", "台账"
        IMPORT = "import", "上传"
        PERSON = "person", "查看人员档案"
        ENROLMENT = "enrolment", "补贴资格"
        PROGRAMME = "programme", "补贴政策"
        PAYMENT = "payment", "补贴发放"
        REVEAL = "reveal", "查看完整号码"
        TOKEN = "token", "接口凭证"
        EXPORT = "export", "导出"
        DENIED = "denied", "越权访问"

    at = models.DateTimeField("时间", default=timezone.now)
    user = models.ForeignKey(
        User, verbose_name="账号", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    username = models.CharField("用户名", max_length=150, blank=True)
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField("动作", max_length=20, choices=Action.choices)
    subject = models.CharField("对象", max_length=200, blank=True)
    detail = models.JSONField("明细", default=dict, blank=True)
    address = models.GenericIPAddressField("地址", null=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = "审计日志"
        verbose_name_plural = "审计日志"
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["action", "-id"], name="auditevent_action")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.username} {self.get_action_display()} {self.subject}"


class ImportFile(models.Model):
    """An uploaded workbook as it came, encrypted (原表). Kept in the database: web and worker share no disk."""

    sha256 = models.CharField("校验和", max_length=64)
    size = models.PositiveIntegerField("字节数")
    content = models.BinaryField("内容", help_text="加密")

    class Meta:
        verbose_name = "原表"
        verbose_name_plural = "原表"

    def __str__(self) -> str:
        return self.sha256[:12]


class ImportBatchQuerySet(ScopedQuerySet):
    def unfinished(self) -> Self:
        """Somebody must still decide about it."""
        return self.filter(status__in=(ImportBatch.Status.UNMATCHED, ImportBatch.Status.READY))

    def due(self) -> Self:
        """Work for a worker; whether one is at it already, its lock says."""
        return self.filter(status__in=ImportBatch.WORKING)


class ImportBatch(models.Model):
    """One upload (上传批次): read, shown as a change slip, applied, perhaps undone. Never deleted.

    The row is the job: a worker that finds it in one of the states WORKING takes its lock and goes on with it.
    """

    class Status(models.TextChoices):
        READING = "reading", "读取中"
        UNMATCHED = "unmatched", "待对应表头"
        READY = "ready", "待确认"
        APPLYING = "applying", "写入中"
        APPLIED = "applied", "已写入"
        UNDONE = "undone", "已撤销"
        DISCARDED = "discarded", "已放弃"
        REFUSED = "refused", "未能读取"

    WORKING: ClassVar = (Status.READING, Status.APPLYING)

    ledger = models.CharField("台账", max_length=40)
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", on_delete=models.PROTECT, related_name="import_batches"
    )
    as_of = models.DateField("数据日期", help_text="表中的是与否从这一天起算")
    file = models.ForeignKey(
        ImportFile, verbose_name="原表", on_delete=models.PROTECT, related_name="batches"
    )
    filename = models.CharField("文件名", max_length=200)
    token = models.UUIDField("提交标识", unique=True, help_text="同一次上传点两下，只算一次")
    created_by = models.ForeignKey(User, verbose_name="上传人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("上传时间", default=timezone.now)

    sheet = models.CharField("工作表", max_length=60, blank=True)
    mapping = models.JSONField("表头对应", default=dict, blank=True, help_text="表头文字 → 列")
    layout = models.JSONField(
        "表的样子", default=dict, blank=True, help_text="候选工作表及其表头，读后的说明"
    )

    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.READING)
    message = models.CharField("说明", max_length=500, blank=True)
    progress = models.PositiveIntegerField("已读行数", default=0)
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    read_at = models.DateTimeField("读完时间", null=True, blank=True)

    total = models.PositiveIntegerField("数据行", default=0)
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("变更", default=0)
    unchanged = models.PositiveIntegerField("不变", default=0)
    missing = models.PositiveIntegerField("表中没有", default=0)
    warnings = models.PositiveIntegerField("警告行", default=0)
    errors = models.PositiveIntegerField("错误行", default=0)
    effects = models.JSONField("对指标的影响", default=list, blank=True)

    only_good = models.BooleanField("只写入没有错误的行", default=False)
    close_missing = models.BooleanField("停用表中没有的", default=False)
    reason = models.CharField("警告说明", max_length=200, blank=True)
    applied_at = models.DateTimeField("写入时间", null=True, blank=True)
    applied_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    applied_context = models.UUIDField("写入的历史标识", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undo_reason = models.CharField("撤销原因", max_length=200, blank=True)
    undo_left = models.JSONField("未撤销的行", default=list, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "上传批次"
        verbose_name_plural = "上传批次"
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(
                fields=["status"], name="importbatch_working", condition=Q(status__in=("reading", "applying"))
            ),
            models.Index(fields=["org_unit", "-id"], name="importbatch_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.filename}（{self.created_at:%Y-%m-%d}）"


class ImportLine(models.Model):
    """A line of the change slip that wants to be seen: rows that change nothing have none.

    ``old`` and ``new`` hold stored values by column key, encrypted where the column is.
    """

    class State(models.TextChoices):
        NEW = "new", "新增"
        CHANGED = "changed", "变更"
        UNCHANGED = "unchanged", "不变"
        MISSING = "missing", "表中没有"
        ERROR = "error", "错误"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField("行", help_text="与 Excel 的行号一致；0 为表中没有的")
    state = models.CharField("状态", max_length=10, choices=State.choices)
    has_warning = models.BooleanField(default=False)
    target_id = models.BigIntegerField(null=True)
    label = models.CharField("名称", max_length=200, blank=True)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    is_stale = models.BooleanField(default=False, help_text="预览之后台账里又改过")

    class Meta:
        verbose_name = "变更单行"
        verbose_name_plural = "变更单行"
        ordering = ("row", "id")
        indexes: ClassVar = [
            models.Index(fields=["batch", "state", "row"], name="importline_state"),
            models.Index(fields=["batch", "row"], name="importline_row"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.get_state_display()}"


class ColumnMapping(models.Model):
    """How a unit's layout was matched by hand, for its next upload (表头对应)."""

    org_unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="column_mappings")
    ledger = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    saved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "表头对应"
        verbose_name_plural = "表头对应"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_unit", "ledger", "fingerprint"], name="columnmapping_one_per_layout"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ledger} {self.fingerprint[:8]}"


from eldercare import digest_models, token_models  # noqa: E402, F401 - they need those above
