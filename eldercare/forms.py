"""Forms of the shell: sign-in, passwords, accounts, filters."""

import re
import unicodedata
from typing import ClassVar

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, ProhibitNullCharactersValidator, RegexValidator
from django.utils import timezone

from eldercare.accounts import unit_problem
from eldercare.identity import holds_id_number
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Role
from eldercare.replies import UNSTORABLE

# Texts that are kept and shown as they are.
SHOWN_IN_FULL = frozenset({"name", "note", "id_reason", "title", "contact", "address"})
PAGING = ("page", "before")
BETWEEN_CHARACTERS = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
# Longer input is refused before it costs a hash.
PASSWORD_MAX_LENGTH = 128


def without_invisible(text: str) -> str:
    """``text`` without Unicode's format controls: signs of writing direction, zero-width signs, soft hyphens."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def refuse_id_number(text: object) -> None:
    if isinstance(text, str) and holds_id_number(text):
        raise ValidationError("这里会原样显示，不能写身份证号；号码只填在“证件号码”一栏。", code="id_number")


class Digits(DecimalValidator):
    """Django's words end in a half-width stop."""

    messages: ClassVar = {
        "invalid": "请填写数字。",
        "max_digits": "总共不超过 %(max)s 位数字。",
        "max_decimal_places": "小数不超过 %(max)s 位。",
        "max_whole_digits": "小数点前不超过 %(max)s 位。",
    }


class StyledFormMixin:
    """Gives every widget the class that the style sheet knows, and every text field the portal's rules.

    Use as the first base of a form.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
                css = "form-check-input"
            elif isinstance(widget, forms.Select):
                css = "form-select"
            else:
                css = "form-control"
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = "此项必填。"
            if isinstance(field, forms.CharField):
                _take_plain_text(field)
            if isinstance(field, forms.DecimalField):
                field.validators = [
                    Digits(each.max_digits, each.decimal_places)
                    if isinstance(each, DecimalValidator)
                    else each
                    for each in field.validators
                ]
        for name in SHOWN_IN_FULL & self.fields.keys():
            self.fields[name].validators = [*self.fields[name].validators, refuse_id_number]


def _take_plain_text(field: forms.CharField) -> None:
    """Before the field asks whether it is empty, long or as it must be; a password stays as it is typed."""
    field.validators = [
        ProhibitNullCharactersValidator(UNSTORABLE)
        if isinstance(each, ProhibitNullCharactersValidator)
        else each
        for each in field.validators
    ]
    if not isinstance(field.widget, forms.PasswordInput):
        to_python = field.to_python
        field.to_python = lambda value: to_python(
            without_invisible(value) if isinstance(value, str) else value
        )


class SignInForm(StyledFormMixin, AuthenticationForm):
    """One message for every way to fail: nobody learns from it which accounts exist."""

    username = UsernameField(
        label="用户名",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autofocus": True,
                "autocapitalize": "none",
                "autocomplete": "username",
                "spellcheck": "false",
            }
        ),
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        max_length=PASSWORD_MAX_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-password": ""}),
    )
    error_messages = {  # noqa: RUF012 - as in the base class
        "invalid_login": "用户名或密码不正确。",
        "inactive": "用户名或密码不正确。",
    }

    def clean_username(self) -> str:
        """As it was typed, or in small letters, which all names made in the portal have."""
        name = self.cleaned_data["username"]
        return name if User.objects.filter(username=name).exists() else name.lower()


class PasswordChangeForm(StyledFormMixin, forms.Form):
    old_password = forms.CharField(
        label="当前密码",
        strip=False,
        max_length=PASSWORD_MAX_LENGTH,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "autofocus": True, "data-password": ""}
        ),
    )
    new_password = forms.CharField(
        label="新密码",
        strip=False,
        max_length=PASSWORD_MAX_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-password": ""}),
    )
    new_password_again = forms.CharField(
        label="再输一次新密码",
        strip=False,
        max_length=PASSWORD_MAX_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-password": ""}),
    )

    def __init__(self, request, *args, **kwargs) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_old_password(self) -> str:
        """Through ``authenticate``: guessing here is counted and locked as it is on the sign-in page."""
        old = self.cleaned_data["old_password"]
        user = authenticate(self.request, username=self.request.user.username, password=old)
        if user is None or user.pk != self.request.user.pk:
            raise ValidationError("当前密码不正确。", code="wrong_password")
        return old

    def clean_new_password(self) -> str:
        new = self.cleaned_data["new_password"]
        validate_password(new, self.request.user)
        return new

    def clean(self) -> dict:
        new, again = self.cleaned_data.get("new_password"), self.data.get("new_password_again")
        if new and again and new != again:
            self.add_error("new_password_again", "两次输入的新密码不一致。")
        return self.cleaned_data


class AccountForm(StyledFormMixin, forms.ModelForm):
    """Creates an account, or changes name, role and unit of one. The user name stays what it was."""

    username = forms.CharField(
        label="用户名",
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9._-]{2,39}\Z",
                "用户名为 3–40 位小写字母、数字、点、横线或下划线，以字母开头。",
            )
        ],
        help_text="小写字母开头，可用小写字母、数字、点、横线、下划线，至少 3 位；创建后不能更改。",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "role", "org_unit")
        help_texts = {"full_name": "使用人的真实姓名：一人一号，不得多人共用。"}  # noqa: RUF012

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org_unit"].queryset = units_with_accounts(by)
        self.fields["org_unit"].label_from_instance = lambda unit: (
            f"{unit.name}(县本级)" if unit.level == OrgUnit.Level.COUNTY else unit.name
        )
        self.fields["org_unit"].empty_label = "请选择单位"
        hint = "乡镇(街道)经办选所在镇(街道)，部门联络员选所在部门，其他角色选县本级。"
        self.fields["org_unit"].help_text = hint
        self.fields["role"].choices = [("", "请选择角色"), *Role.choices]
        if self.instance.pk:
            self.fields["username"].disabled = True
            self.fields["username"].help_text = "用户名不能更改。"

    def clean_full_name(self) -> str:
        """Lists set names of two characters apart (李 明); here they are not."""
        return BETWEEN_CHARACTERS.sub("", self.cleaned_data["full_name"])

    def clean(self) -> dict:
        data = super().clean()
        role, unit = data.get("role"), data.get("org_unit")
        if role and unit and (problem := unit_problem(role=role, unit=unit)):
            self.add_error("org_unit", problem)
        return data


def units_for_accounts(by: User):
    """The county of ``by`` and its reporting units, as they are today."""
    return _units(by, OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)


def units_with_accounts(by: User):
    """The same, and the departments: they have no ledgers, but tasks to report on."""
    level = OrgUnit.Level
    return _units(by, level.COUNTY, level.TOWNSHIP, level.REPORTING, level.DEPARTMENT)


def _units(by: User, *levels: str):
    return (
        OrgUnit.objects.visible_to(by).as_of(timezone.localdate()).filter(level__in=levels).order_by("code")
    )


class FilterForm(StyledFormMixin, forms.Form):
    """A form in the address bar: what is wrong in it is said and left out, never an error page."""

    def chosen(self) -> dict:
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def unused(self) -> list[str]:
        """Names of the conditions in the address that are wrong or that this page does not know."""
        if not self.is_bound:
            return []
        wrong = [self.fields[name].label for name in self.errors if name in self.fields]
        return wrong + [name[:40] for name in self.data if name not in self.fields and name not in PAGING]


class AccountFilterForm(FilterForm):
    STATES = (("active", "启用"), ("disabled", "停用"), ("locked", "锁定"), ("initial", "未改初始密码"))

    q = forms.CharField(
        label="姓名或用户名",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "姓名或用户名", "type": "search"}),
    )
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部角色"), *Role.choices])
    unit = forms.ModelChoiceField(
        label="单位",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部单位",
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *STATES])

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_with_accounts(by)


class LogFilterForm(FilterForm):
    q = forms.CharField(
        label="对象",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "对象中的文字", "type": "search"}),
    )
    action = forms.ChoiceField(
        label="动作", required=False, choices=[("", "全部动作"), *AuditEvent.Action.choices]
    )
    user = forms.CharField(
        label="姓名或用户名",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "姓名或用户名"}),
    )
    since = forms.DateField(
        label="起", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="止", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict:
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "止日不能早于起日。")
        return data
