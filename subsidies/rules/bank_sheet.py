"""The sheet for the bank (花名册) and what comes back from it (回盘): columns, and whether the two agree."""

from dataclasses import dataclass
from decimal import Decimal

# Heading and width of each column, in the layout that banks and the one-card system take.
COLUMNS = (
    ("序号", 7),
    ("支付状态", 9),
    ("户主姓名", 10),
    ("户主身份证号", 21),
    ("收款人姓名", 12),
    ("收款人身份证号", 21),
    ("银行账号", 24),
    ("开户银行", 26),
    ("村(居)委会", 18),
    ("村(居)民小组", 13),
    ("享受人", 12),
    ("享受人身份证号", 21),
    ("联系电话", 15),
    ("现居住地", 34),
    ("年龄", 6),
    ("补贴金额", 12),
    ("填报日期", 12),
)
AMOUNT = 15  # place of 补贴金额 in a row

PAID_WORDS = (
    "成功",
    "交易成功",
    "处理成功",
    "代发成功",
    "入账成功",
    "发放成功",
    "转账成功",
    "支付成功",
    "已发",
    "已发放",
    "已入账",
    "已到账",
    "S",
    "Y",
    "0000",
    "SUCCESS",
)
FAILED_WORDS = (
    "失败",
    "交易失败",
    "处理失败",
    "代发失败",
    "入账失败",
    "发放失败",
    "转账失败",
    "支付失败",
    "未成功",
    "不成功",
    "未入账",
    "退票",
    "退回",
    "已退回",
    "F",
    "N",
    "FAIL",
    "FAILED",
)


@dataclass(frozen=True)
class Expected:
    """A row of the sheet as it was sent, and what is known of it already."""

    name: str
    account: str
    amount: Decimal
    result: str = ""  # "paid", "failed", or "" when nothing has come back


@dataclass(frozen=True)
class Returned:
    """A row of a return file. ``result`` is "paid" or "failed"."""

    row: int  # as Excel counts
    serial: int | None
    name: str
    account: str
    amount: Decimal | None
    result: str | None
    reason: str = ""


def disagreement(sent: Expected | None, back: Returned) -> str:
    """Why a returned row cannot be taken, in a sentence; "" if it agrees with what was sent. Nothing is guessed."""
    if back.serial is None or back.amount is None or not back.account or back.result is None:
        return "序号、账号、金额或结果没有填，或认不出来。"
    if sent is None:
        return f"银行表里没有序号 {back.serial}。"
    wrong = []
    if back.account != sent.account:
        wrong.append("账号")
    if back.amount != sent.amount:
        wrong.append(f"金额（送出 {sent.amount:.2f} 元，回盘 {back.amount:.2f} 元）")
    if back.name and back.name != sent.name:
        wrong.append("户名")
    if wrong:
        return f"{'、'.join(wrong)}与送银行的不一致。"
    if sent.result and sent.result != back.result:
        if sent.result == "paid":
            return (
                "已按成功登记过，这次是失败。确是入账后又退回的，请在批次页面“登记退汇”；否则请与银行核实。"
            )
        return "已按失败登记过，这次是成功，请与银行核实。"
    return ""
