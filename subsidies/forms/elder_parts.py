"""Forms of what belongs to a person: tags, accounts, head of household, changes, merging."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from eldercare.forms import StyledFormMixin, refuse_id_number
from eldercare.identity import check_card, check_id_number, check_phone
from eldercare.models import OrgUnit, User
from eldercare.spells import HOW, Spells, SpellsFormField
from facilities.forms.checked import CheckedMixin, LedgerForm, date_field
from facilities.rules.remarks import Remark
from subsidies.forms.elders import OWN, VillageField, county_of, townships_of, villages_of
from subsidies.models import Elder, ElderChange, ElderTag, HouseholdHead, Payee
from subsidies.rules.elders import check_payee, contradictions

ONE_DAY = dt.timedelta(days=1)
KINDS = dict(ElderTag.Kind.choices)
Kind = ElderChange.Kind


class PartForm(CheckedMixin, StyledFormMixin, forms.Form):
    """A form that is no row: the rule is what the form itself finds."""

    check = staticmethod(lambda row: row[OWN])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.fields.get("source"), forms.CharField):
            self.fields["source"].validators.append(refuse_id_number)

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        return data | {OWN: list(self.own_remarks(data))}

    def own_remarks(self, data: dict[str, Any]):
        yield from ()


def _against(elder: Elder, kind: str, held: Spells, key: str):
    """Warnings about other tags of the person that go ill with this one."""
    known: dict[str, Spells] = {tag.kind: tag.held for tag in elder.tags.all()}
    for other, why, day in contradictions(known | {kind: held}, kind):
        yield Remark(key, f"{day} 起与“{KINDS[other]}”同时有效：{why}。如前者已不再属于，请先终止。", False)


class TagForm(PartForm):
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *ElderTag.Kind.choices])
    first = date_field("开始日期", initial=timezone.localdate)
    last = date_field("最后一天", required=False, help_text="还在持续的不填。")
    source = forms.CharField(label="来源", max_length=80, help_text="如 2026年3月低保台账、入户核查")

    def __init__(self, *args: Any, elder: Elder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elder = elder

    def own_remarks(self, data: dict[str, Any]):
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            yield Remark("last", "最后一天早于开始日期，请核对。")
        elif first and data.get("kind"):
            yield from _against(self.elder, data["kind"], self.held(data), "kind")

    @staticmethod
    def held(data: dict[str, Any]) -> Spells:
        return Spells.since(data["first"], data["last"] + ONE_DAY if data["last"] else None)


class TagEndForm(PartForm):
    last = date_field("最后一天", help_text="当天还属于这一类别，次日起不再属于。")
    source = forms.CharField(label="来源", max_length=80, required=False, help_text="不填的保留原来的来源。")
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TagEditForm(PartForm):
    held = SpellsFormField(
        label="期间", required=False, help_text=f"{HOW}。登记错误的，清空期间后保存，即删除这一类别。"
    )
    source = forms.CharField(label="来源", max_length=80, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, tag: ElderTag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tag = tag

    def own_remarks(self, data: dict[str, Any]):
        if data.get("held"):
            yield from _against(self.tag.elder, self.tag.kind, data["held"], "held")


# --- Changes --------------------------------------------------------------------------------------------------

PLACED = (Kind.CAME_TO_LIVE, Kind.CHANGED_UNIT, Kind.CHANGED_RESIDENCE)
WORDS = {
    Kind.DIED: ("死亡日期", "死亡登记后，各项补贴按政策停发；探访等服务不再安排。"),
    Kind.DEATH_REVOKED: ("原死亡日期", "撤销后，停发的补贴由规则重新计算、补发。"),
    Kind.MOVED_IN: ("迁入日期", "户籍从县外迁入；当天起算本县户籍。"),
    Kind.MOVED_OUT: ("迁出日期", "户籍迁到县外；当天起不再是本县户籍。"),
    Kind.CAME_TO_LIVE: ("来县日期", "从县外来本县居住；当天起算常住。"),
    Kind.WENT_TO_LIVE_ELSEWHERE: ("离县日期", "到县外居住；当天起不再算常住，户籍不变。"),
    Kind.CHANGED_UNIT: ("变更日期", "户籍在县内迁移，档案和发放由另一镇(街道)负责。"),
    Kind.CHANGED_RESIDENCE: ("变更日期", "在县内换了住处，探访服务由居住地负责。"),
}


class ChangeForm(PartForm):
    """``kind`` decides which fields there are."""

    on = date_field("发生日期")
    known_on = date_field("获知日期", initial=timezone.localdate)
    source = forms.ChoiceField(label="获知途径", choices=[("", "请选择"), *Elder.Source.choices])
    unit = forms.ModelChoiceField(
        label="镇(街道)", queryset=OrgUnit.objects.none(), empty_label="请选择镇(街道)"
    )
    village = VillageField(label="村(社区)")
    address = forms.CharField(label="地址", max_length=120, required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, kind: Kind, elder: Elder, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["on"].label = WORDS[kind][0]
        if kind == Kind.DEATH_REVOKED:
            del self.fields["on"]
            self.fields["note"].required = True
            self.fields["note"].help_text = "撤销的依据，如 经核实为同名同姓，本人到场。"
        if kind in PLACED:
            self.fields["unit"].queryset = townships_of(by)
            self.fields["village"].queryset = villages_of(county_of(by))
            self.fields["address"].label = "户籍地址" if kind == Kind.CHANGED_UNIT else "居住地址"
        else:
            del self.fields["unit"], self.fields["village"]
            if kind != Kind.WENT_TO_LIVE_ELSEWHERE:
                del self.fields["address"]
            else:
                self.fields["address"].label = "县外居住地址"
        if kind in (Kind.MOVED_IN, Kind.MOVED_OUT):
            self.fields["note"].help_text = "迁出地或迁入地，如 嘉兴市南湖区。"


# --- Accounts and household -----------------------------------------------------------------------------------


class PayeeForm(LedgerForm):
    check = staticmethod(lambda row: [*check_payee(row), *row[OWN]])

    class Meta:
        model = Payee
        fields = ("relation", "name", "bank", "account", "id_number", "phone", "used_from")
        help_texts = {  # noqa: RUF012
            "relation": "如 本人、儿子、监护人",
            "name": "与银行账户的户名一致",
            "id_number": "收款人就是本人的可不填。",
        }

    def __init__(self, *args: Any, elder: Elder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elder = elder
        for name in ("account", "id_number", "phone"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        if not self.instance.pk:
            self.initial |= {"name": elder.name, "used_from": timezone.localdate()}

    def clean_account(self) -> str:
        return check_card(str.__str__(self.cleaned_data["account"]), what="银行账号").value

    def clean_id_number(self) -> str:
        value = self.cleaned_data["id_number"]
        return check_id_number(str.__str__(value)).value if value else ""

    def clean_phone(self) -> str:
        value = self.cleaned_data["phone"]
        return check_phone(str.__str__(value)).value if value else ""

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        remarks = []
        account = data.get("account")
        others = Payee.objects.filter(account=account, used_to=None) if account else Payee.objects.none()
        if others.exclude(elder=self.elder).exists():
            remarks.append(
                Remark("account", "这个账号已登记给别的享受人，请核对是否代收；发放前还会提示。", False)
            )
        if data.get("relation") == "本人" and data.get("name") and data["name"] != self.elder.name:
            remarks.append(Remark("name", "与享受人关系是“本人”，户名却与姓名不同，请核对。", False))
        return data | {OWN: remarks}


class PayeeEndForm(PartForm):
    day = date_field("停用日期", initial=timezone.localdate, help_text="当日起不再使用。")
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class HeadForm(LedgerForm):
    check = staticmethod(lambda row: row[OWN])

    is_self = forms.BooleanField(label="户主就是本人", required=False)

    class Meta:
        model = HouseholdHead
        fields = ("relation", "name", "id_number", "bank", "account")
        help_texts = {"bank": "一卡通发到户主账户的才填。"}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("relation", "name"):
            self.fields[name].required = False

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        remarks = []
        if not data.get("is_self"):
            for name in ("relation", "name"):
                if not data.get(name) and name not in self.errors:
                    remarks.append(Remark(name, "此项必填；户主就是本人的，勾选上面一项。"))
            for name, check in (("id_number", check_id_number), ("account", check_card)):
                if data.get(name):
                    found = check(str.__str__(data[name])).findings
                    remarks += [Remark(name, each.message, each.severity == "error") for each in found]
        return data | {OWN: remarks}

    def values(self) -> dict[str, Any] | None:
        return None if self.cleaned_data["is_self"] else self.changes()


class ReasonForm(StyledFormMixin, forms.Form):
    reason = forms.CharField(label="依据", max_length=200, validators=[refuse_id_number])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["placeholder"] = "如 经核对户口簿，为同一人"
