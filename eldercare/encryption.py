"""Model fields whose values are encrypted in the database and can be looked up by equality.

    id_number = EncryptedField("证件号码", max_length=30, mask="id")

    Elder.objects.filter(id_number="…")        # also __in, __isnull, get_or_create, unique constraints

* In the column, in history tables (triggers copy the stored value), in dumps and backups: ciphertext.
* On an instance: a ``Confidential``, a text that compares, hashes and slices as the plain one, but whose
  ``str``, ``repr``, f-string and template output is masked and whose pickle is encrypted. ``.reveal()`` gives
  the plain ``str``; templates cannot call it. ``json.dumps`` and ``"".join`` see the plain text.
* A form shows the masked value; sent back unchanged it stays as it was. A masked text is never saved.
* Other look-ups (contains, gt …) raise FieldError; ordering by the column means nothing.
* ``dumpdata`` writes the stored value with a mark; ``loaddata`` refuses it, for it would be encrypted twice.
  A copy of the data is made with pg_dump, with the keys kept elsewhere.

Unique: name a UniqueConstraint in Meta (``unique=True`` would add a second index for LIKE, which nothing can
use). It holds among values under one key, so across a change of keys only once ``manage.py rotate_keys`` has
run; see ``key_rotation.py``.

Keys and format: ``encryption_keys.py``.
"""

from collections.abc import Iterable
from typing import Any, Self

from django import forms
from django.core import checks
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.models.lookups import Exact, In
from django.db.models.query_utils import DeferredAttribute

from eldercare.encryption_keys import key_ring
from eldercare.identity import mask_card, mask_id, mask_other, mask_phone

MASKS = {"id": mask_id, "card": mask_card, "phone": mask_phone, "other": mask_other}
MASKED = "**"  # no number that is meant has it
DUMPED = "encrypted:"  # before the stored value in a dump of Django's


class Confidential(str):
    """A decrypted text that does not show itself by accident."""

    __slots__ = ("context", "mask")
    context: str
    mask: str

    def __new__(cls, text: str, context: str, mask: str) -> Self:
        self = super().__new__(cls, text)
        self.context = context
        self.mask = mask
        return self

    def reveal(self) -> str:
        """The plain text. Whoever shows it to a person records who asked and why."""
        return str.__str__(self)

    reveal.alters_data = True  # type: ignore[attr-defined]  # the mark by which templates refuse to call

    @property
    def masked(self) -> str:
        return MASKS[self.mask](self)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<{self.masked}>"

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return _unpickle, (key_ring().current.encrypt(self, self.context), self.context, self.mask)


def _unpickle(stored: str, context: str, mask: str) -> Confidential:
    return Confidential(key_ring().decrypt(stored, context), context, mask)


class ConfidentialAttribute(DeferredAttribute):
    """Wraps whatever text is assigned, so that a new object is as careful as one from the database."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.wrap(value)


def refuse_masked(value: str) -> None:
    if MASKED in value:
        raise ValidationError("这是隐去了中间几位的脱敏内容，请填写完整内容。", code="masked")


class ConfidentialFormField(forms.CharField):
    """Shows a stored value masked. Sent back as it was shown, the value stays."""

    def _clean_bound_field(self, bound: forms.BoundField) -> Any:
        return bound.initial if self._kept(bound.initial, bound.data) else super()._clean_bound_field(bound)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self._kept(initial, data) and super().has_changed(initial, data)

    @staticmethod
    def _kept(initial: Any, data: Any) -> bool:
        return isinstance(initial, Confidential) and isinstance(data, str) and data.strip() == initial.masked


class EncryptedField(models.CharField):
    """A text that is encrypted in the database; ``mask`` says how it is shown: id, card, phone or other.

    ``context`` binds the values to their column. It is ``app.Model.field`` as first declared and is kept in
    migrations and history models; after renaming a model or field, give the old one, or the stored values can
    no longer be read.
    """

    description = "Encrypted text (up to %(max_length)s)"
    descriptor_class = ConfidentialAttribute

    def __init__(self, *args: Any, mask: str = "other", context: str | None = None, **kwargs: Any) -> None:
        if mask not in MASKS:
            raise ValueError(f"mask must be one of {', '.join(MASKS)}, not {mask!r}")
        super().__init__(*args, **kwargs)
        self.mask = mask
        self.context = context
        self.validators = [*self.validators, refuse_masked]

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if self.context is None and not cls._meta.abstract:
            self.context = f"{cls._meta.label}.{name}"

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        own = {"mask": self.mask} | ({"context": self.context} if self.context else {})
        return name, path, args, kwargs | own

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if self.unique or self.db_index:
            hint = "Name a UniqueConstraint or Index in Meta: these would add an index for LIKE."
            found.append(checks.Error("unique and db_index do not suit it.", hint, self, "eldercare.E001"))
        return found

    # --- The column ---------------------------------------------------------------------------------------

    def get_internal_type(self) -> str:
        return "TextField"

    def db_check(self, connection: Any) -> str:
        """Plain text that reaches the column past this field is refused by the database."""
        column = connection.ops.quote_name(self.column)
        return f"{column} = '' OR (strpos({column}, ':') BETWEEN 2 AND 17 AND length({column}) >= 24)"

    # --- Values -------------------------------------------------------------------------------------------

    def wrap(self, value: Any) -> Any:
        if not isinstance(value, str) or (isinstance(value, Confidential) and value.context == self.context):
            return value
        return Confidential(str.__str__(value), self.context, self.mask)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Confidential | None:
        return None if value is None else self.wrap(key_ring().decrypt(value, self.context))

    def get_prep_value(self, value: Any) -> Any:
        value = models.Field.get_prep_value(self, value)
        if value is None:
            return None
        return encrypt_many(self, [value])[0]

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, Confidential):
            return value
        if not isinstance(value, str):
            raise ValidationError("须为文本。", code="invalid")
        if value.startswith(DUMPED):
            raise ValidationError("加密导出的内容不能导入，请用数据库备份恢复。", code="dumped")
        return self.wrap(value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return DUMPED + self.get_prep_value(value) if value else ""

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": ConfidentialFormField} | kwargs)

    # --- Look-ups -----------------------------------------------------------------------------------------

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("exact", "in", "isnull"):
            raise FieldError(f"{self.context} is encrypted: it can only be compared for equality.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> None:
        return None

    def candidates(self, values: Iterable[str | None]) -> list[str]:
        """What the values may be stored as, under every key of the ring."""
        texts = _texts(self, values)
        per_key = [key.encrypt_all(texts, self.context) for key in key_ring().keys.values()]
        return [each for column in per_key for each in column if each is not None]


class _UnderAnyKey:
    """Compares with what the values may be stored as. An expression or subquery is compared as it is."""

    def get_prep_lookup(self) -> Any:
        if self.rhs is None or not self.rhs_is_direct_value():
            return super().get_prep_lookup()
        values = [self.rhs] if self.lookup_name == "exact" else self.rhs
        return self.lhs.output_field.candidates(values)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, self.rhs]


@EncryptedField.register_lookup
class EncryptedExact(_UnderAnyKey, Exact):
    pass


@EncryptedField.register_lookup
class EncryptedIn(_UnderAnyKey, In):
    pass


def encrypt_many(field: EncryptedField, values: Iterable[str | None]) -> list[str | None]:
    """What the column stores for many texts, for COPY and staging tables: about 3 µs each.

    None and "" stay as they are. Raises TypeError for anything but text (a number has lost digits already) and
    ValueError for a masked text.
    """
    texts = _texts(field, values)
    if MASKED in "\n".join(filter(None, texts)):
        raise ValueError(f"A masked text was about to be saved as {field.context}.")
    return key_ring().current.encrypt_all(texts, field.context)


def _texts(field: EncryptedField, values: Iterable[str | None]) -> list[str | None]:
    texts = list(values)
    for kind in set(map(type, texts)):
        if kind is not type(None) and not issubclass(kind, str):
            raise TypeError(f"{field.context} holds text, not {kind.__name__}.")
    return texts


def decrypt_many(field: EncryptedField, stored: Iterable[str | None]) -> list[str | None]:
    """The plain texts behind stored values. Raises DecryptionError."""
    decrypt, context = key_ring().decrypt, field.context
    return [each and decrypt(each, context) for each in stored]


def encrypted_fields(model: type[models.Model]) -> list[EncryptedField]:
    """The encrypted columns of a model's own table."""
    return [field for field in model._meta.local_concrete_fields if isinstance(field, EncryptedField)]
