"""Tokens of the API: making one, finding the one a request brings, revoking one; each step is in the log.

``eldercare_pat_`` (a person's) or ``eldercare_sys_`` (another system's), 40 random characters, 6 of a checksum:
a scanner that looks for leaked secrets knows the form, and a mistyped token costs no query.
"""

import datetime as dt
import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from eldercare.scopes import Scope, complement, permissions_of, role_for, scopes_of
from eldercare.token_models import ApiToken

Kind = ApiToken.Kind
PREFIXES = {Kind.PERSONAL: "eldercare_pat_", Kind.SYSTEM: "eldercare_sys_"}
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM, CHECK = 40, 6
FORM = re.compile(rf"(eldercare_(?:pat|sys)_[0-9A-Za-z]{{{RANDOM}}})([0-9A-Za-z]{{{CHECK}}})")
LONGEST = {Kind.PERSONAL: 180, Kind.SYSTEM: 366}  # days
USE_IS_STORED_EVERY = dt.timedelta(minutes=1)
MOST_OF_ONE_PERSON = 10


# --- The secret -------------------------------------------------------------------------------------------------


def make_secret(kind: str) -> str:
    body = PREFIXES[kind] + "".join(secrets.choice(LETTERS) for _ in range(RANDOM))
    return body + checksum(body)


def checksum(text: str) -> str:
    number, letters = zlib.crc32(text.encode()), ""
    while len(letters) < CHECK:
        number, place = divmod(number, len(LETTERS))
        letters = LETTERS[place] + letters
    return letters


def digest_of(secret: str) -> str:
    """Random as it is, a token needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def looks_like_token(text: str) -> bool:
    found = FORM.fullmatch(text)
    return bool(found) and checksum(found[1]) == found[2]


# --- What people do ---------------------------------------------------------------------------------------------


@transaction.atomic
def issue_personal(
    *, by: User, name: str, purpose: str, scopes: Collection[str], org_unit: OrgUnit, expires_on: dt.date
) -> tuple[ApiToken, str]:
    """A token that acts as ``by``, and its secret, which is shown once and kept nowhere."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two clicks count one after the other
    own = ApiToken.objects.personal_of(by).filter(revoked_at=None, expires_on__gte=timezone.localdate())
    if own.count() >= MOST_OF_ONE_PERSON:
        raise Refused(f"您已有 {MOST_OF_ONE_PERSON} 个有效的凭证，请先作废不用的。")
    foreign = [each for each in scopes if each not in scopes_of(by.role)]
    if foreign:
        raise NotAllowed(f"您的角色没有“{_words(foreign)}”的权限，不能给凭证。")
    return _issue(Kind.PERSONAL, by, by, name, purpose, scopes, org_unit, expires_on)


@transaction.atomic
def issue_system(
    *, by: User, name: str, purpose: str, scopes: Collection[str], org_unit: OrgUnit, expires_on: dt.date
) -> tuple[ApiToken, str]:
    """A token of another system. It gets an account of its own, of the smallest role that has these scopes."""
    if not by.may(Permission.MANAGE_TOKENS):
        raise NotAllowed("只有系统管理员可以管理系统对接的凭证。")
    role = role_for(scopes)
    if role is None:
        raise Refused(
            "填报与审核须分开：请分别建两个凭证，一个用于读写，一个用于审核，由两位系统管理员各建一个。"
        )
    _refuse_both_sides(by, scopes, org_unit)
    account = User(
        username=f"api-{secrets.token_hex(5)}",
        full_name=name,
        role=role,
        org_unit=by.org_unit,
        must_change_password=False,
    )
    account.set_unusable_password()
    account.save()
    return _issue(Kind.SYSTEM, account, by, name, purpose, scopes, org_unit, expires_on)


def _refuse_both_sides(by: User, scopes: Collection[str], org_unit: OrgUnit) -> None:
    """Who issues a token has seen its secret. One that was used counts for good: what it wrote is there."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two clicks count one after the other
    usable = Q(revoked_at=None, expires_on__gte=timezone.localdate())
    issued = ApiToken.objects.filter(
        usable | Q(last_used_at__isnull=False),
        kind=Kind.SYSTEM,
        created_by=by,
        scopes__overlap=sorted(complement(scopes)),
    ).select_related("org_unit")
    for token in issued:
        if token.org_unit.contains(org_unit) or org_unit.contains(token.org_unit):
            raise Refused(
                f"填报与审核须分开：您已建有{token.org_unit.name}的凭证“{token.name}”（…{token.tail}），"
                "两个凭证在一人手里，就能自填自审。请由另一位系统管理员来建这一个；"
                "那一个建错了、还没有用过的，先作废它。"
            )


def _issue(
    kind: str,
    user: User,
    by: User,
    name: str,
    purpose: str,
    scopes: Collection[str],
    org_unit: OrgUnit,
    expires_on: dt.date,
) -> tuple[ApiToken, str]:
    today = timezone.localdate()
    if not scopes:
        raise Refused("请至少选择一项权限。")
    if not by.org_unit.contains(org_unit):
        raise NotAllowed("数据范围只能是本单位或下属单位。")
    if not today <= expires_on <= today + dt.timedelta(days=LONGEST[kind]):
        raise Refused(f"有效期须从今天起，最长 {LONGEST[kind]} 天。")
    secret = make_secret(kind)
    token = ApiToken.objects.create(
        kind=kind,
        name=name,
        purpose=purpose,
        user=user,
        org_unit=org_unit,
        scopes=sorted(scopes),
        digest=digest_of(secret),
        tail=secret[-4:],
        created_by=by,
        expires_on=expires_on,
    )
    _record("新建", token, by, scopes=_words(scopes), area=org_unit.name, expires=str(expires_on))
    return token, secret


@transaction.atomic
def revoke(*, by: User, token: ApiToken) -> None:
    """At once and for good. The account of another system is closed with its token."""
    if token.user_id != by.pk and not (token.kind == Kind.SYSTEM and by.may(Permission.MANAGE_TOKENS)):
        raise NotAllowed("只能作废自己的凭证。")
    done = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_by=by
    )
    if not done:
        return
    if token.kind == Kind.SYSTEM:
        token.user.is_active = False
        token.user.save(update_fields=["is_active"])
    _record("作废", token, by)


def _words(scopes: Collection[str]) -> str:
    return "、".join(Scope(each).label if each in set(Scope) else str(each) for each in scopes)


def _record(step: str, token: ApiToken, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.TOKEN,
        by=by,
        org_unit=token.org_unit,
        subject=f"{token.get_kind_display()}凭证 {token.name}（…{token.tail}）",
        step=step,
        **detail,
    )


# --- What a request brings --------------------------------------------------------------------------------------


class Unusable(Exception):
    """The token opens nothing; ``str()`` says why."""


def account_of(secret: str, *, address: str | None = None) -> tuple[User, ApiToken]:
    """Who asks with this token: the account, narrowed to the token's scopes and unit. Raises Unusable."""
    token = None
    if looks_like_token(secret):
        found = ApiToken.objects.select_related("user__org_unit", "org_unit")
        token = found.filter(digest=digest_of(secret)).first()
    if token is None:
        raise Unusable("凭证无效，请核对是否完整，或重新申请。")
    if token.revoked_at:
        raise Unusable("凭证已作废，请重新申请。")
    if token.is_expired:
        raise Unusable(f"凭证已于 {token.expires_on} 到期，请重新申请。")
    user = token.user
    if not user.is_active:
        raise Unusable("凭证所属的账号已停用。")
    if user.must_change_password:
        raise Unusable("凭证所属的账号须先登录修改密码。")
    if not user.org_unit.contains(token.org_unit):
        raise Unusable("凭证所属的账号已调离该单位，请重新申请。")
    _note_use(token, address)
    # In memory only: every query begins with visible_to(user), every action asks user.may().
    user.org_unit, user.narrowed_to = token.org_unit, permissions_of(token.scopes)
    return user, token


def _note_use(token: ApiToken, address: str | None) -> None:
    now = timezone.now()
    old = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_IS_STORED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - USE_IS_STORED_EVERY:
        ApiToken.objects.filter(old, pk=token.pk).update(last_used_at=now, last_address=address)
