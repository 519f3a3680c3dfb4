"""The audit log: who did or saw what, when and from where. Rows are only ever added.

A subject or detail names accounts, units and codes. Personal data of elders and secrets do not belong here:
what looks like an identity, bank-card or telephone number is masked, a key that names a secret is refused.
"""

import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

from eldercare.models import AuditEvent, OrgUnit, User

SECRET_KEYS = re.compile(r"password|passwd|secret|token|cookie|session|密码|口令", re.IGNORECASE)
LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{3})\d{4,12}(\d{3}[\dXxＸｘ])(?![0-9A-Za-z])")
# With gaps, as people read them out: 330424 1950 0101 1234, 138-0000-1111.
SPACED_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:(\d{3})\d{3}\s?\d{4}\s?\d{4}\s?(\d{3}[\dXxＸｘ])|(1\d\d)[\s-]?\d{4}[\s-]?(\d{4}))(?![0-9A-Za-z])"
)
SUBJECT_LENGTH = AuditEvent._meta.get_field("subject").max_length
DETAIL_LENGTH = 500

_address: ContextVar[str | None] = ContextVar("address of the request at work", default=None)


@contextmanager
def requested_from(address: str | None) -> Iterator[None]:
    """What is recorded inside comes from ``address``: an action need not know of the request."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def record(
    action: AuditEvent.Action,
    *,
    by: User | None,
    subject: str,
    request: HttpRequest | None = None,
    org_unit: OrgUnit | None = None,
    **detail: object,
) -> AuditEvent:
    """Add one row to the log.

    ``by`` is None for what happens without an account (a failed sign-in under an unknown name, a timer). The
    row belongs to ``org_unit``, else to the unit of ``by``: the auditor of that county reads it. Its address is
    that of ``request``, else of the request at work.
    """
    refused = [key for key in detail if SECRET_KEYS.search(key)]
    if refused:
        raise ValueError(f"The audit log takes no secrets: {', '.join(refused)}")
    unit = org_unit or (by.org_unit if by else None)
    return AuditEvent.objects.create(
        user=by,
        username=by.username if by else "",
        org_unit=unit,
        action=action,
        subject=masked(subject)[:SUBJECT_LENGTH],
        detail={key: _plain(value) for key, value in detail.items()},
        address=client_address(request) if request else _address.get(),
    )


def masked(text: object) -> str:
    """``text`` without the middle of numbers as long as a telephone, identity or card number."""
    text = LONG_NUMBER.sub(r"\1****\2", str(text).replace("\0", ""))
    return SPACED_NUMBER.sub(r"\1\3****\2\4", text)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {masked(key): _plain(item) for key, item in value.items()}
    return masked(value)[:DETAIL_LENGTH]


def client_address(request: HttpRequest) -> str | None:
    """The client's IP address.

    Behind our own proxy (``ELDERCARE_HTTPS``) it is the last entry of X-Forwarded-For, the one the proxy
    wrote; what stands before it was sent by the client and proves nothing.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        address = request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None
