"""Passwords: how they are stored and what a new one must be like."""

import re
import secrets

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.models import PasswordRecord, User

REMEMBERED = 5
CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
# Without what is mistaken for something else when copied from a slip of paper: 0 O o, 1 l I.
LOWER, UPPER, DIGITS, SIGNS = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "@#%+=?"


class PortalArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters (m = 19 MiB, t = 2, p = 1): 32 ms where Django's choice takes 160.

    Mornings on which a whole county signs in at once are this portal's peak, and each check holds its memory.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1


class LengthValidator:
    """At least ``min_length`` signs; Django's own validator says so in English only."""

    def __init__(self, min_length: int = 10) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < self.min_length:
            raise ValidationError(f"密码至少 {self.min_length} 位，请加长。", code="password_too_short")

    def get_help_text(self) -> str:
        return f"至少 {self.min_length} 位。"


class CharacterClassesValidator:
    """At least three of: small letters, capital letters, digits, other signs."""

    def validate(self, password: str, user: User | None = None) -> None:
        if sum(bool(re.search(each, password)) for each in CLASSES) < 3:
            raise ValidationError(
                "密码须包含小写字母、大写字母、数字、符号四类中的至少三类。", code="password_classes"
            )

    def get_help_text(self) -> str:
        return "包含小写字母、大写字母、数字、符号中的至少三类。"


class NotLikeAccountValidator:
    """The password does not contain the user name, forwards or backwards, nor the person's name."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None:
            return
        text = password.lower()
        username, name = user.username.lower(), user.full_name.lower()
        parts = [part for part in (username, username[::-1]) if len(part) >= 3]
        parts += [name] if len(name) >= 2 else []
        if any(part in text for part in parts):
            raise ValidationError("密码不能包含用户名或姓名。", code="password_like_account")

    def get_help_text(self) -> str:
        return "不能包含用户名或姓名。"


class NotReusedValidator:
    """The password is none of the last five."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        used = user.password_records.values_list("password", flat=True)[:REMEMBERED]
        if any(check_password(password, each) for each in {user.password, *used}):
            raise ValidationError(f"不能使用最近 {REMEMBERED} 次用过的密码。", code="password_reused")

    def get_help_text(self) -> str:
        return f"不能与最近 {REMEMBERED} 次用过的密码相同。"


def random_password(length: int = 12) -> str:
    """An initial password that passes the rules above and can be read out over the telephone."""
    pools = (LOWER, UPPER, DIGITS, SIGNS)
    letters = [secrets.choice(pool) for pool in pools]
    letters += [secrets.choice(LOWER + UPPER + DIGITS) for _ in range(length - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def set_password(user: User, password: str, *, must_change: bool) -> None:
    """Give ``user`` (a saved account) the password and remember it and the four before it."""
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    PasswordRecord.objects.create(user=user, password=user.password)
    kept = user.password_records.values("pk")[:REMEMBERED]
    user.password_records.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
