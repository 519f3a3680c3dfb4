"""From the user's text to tokens: characters, numbers, quotes and their limits.

The mapping of full-width characters is one to one, so a token's place is its place in the user's text.
What people paste from Word, Excel or another language gets an error that says what to write instead.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import NamedTuple

from .errors import ExpressionError, error_at

MAX_LENGTH = 1000  # characters
MAX_INTEGER_DIGITS = 18
MAX_DECIMAL_DIGITS = 10

NO_THOUSANDS = "不能用千位分隔逗号，例如 1,000 请写成 1000"


class Token(NamedTuple):
    """`kind` is name, number, text, word or symbol; `value` is normalised, `text[start:end]` as written."""

    kind: str
    value: str
    start: int
    end: int


_PLAIN = {code + 0xFEE0: code for code in range(0x21, 0x7F)}  # full-width forms of ASCII
_PLAIN |= dict(zip(map(ord, "×÷−“”‘’\u3000"), "*/-\"\"'' ", strict=True))
_SYMBOLS = {"≥": ">=", "≤": "<=", "≠": "!="}

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<word>not\s+in\b|(?:and|or|not|in)\b)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<refused>\*\*|//|<>|=<|=>|&&|\|\||===)
    |(?P<symbol>[<>=!]=|[-+*/()<>,≥≤≠])""",
    re.VERBOSE | re.ASCII,
)
_UNICODE_SPACE = re.compile(r"\s")

_ADVICE = {
    "**": "不支持乘方，请写成相乘，例如 a * a",
    "^": "不支持乘方，请写成相乘，例如 a * a",
    "//": "不支持整除，请只用一个除号 /",
    "<>": "不等于请写成 !=",
    "=<": "小于等于请写成 <=",
    "=>": "大于等于请写成 >=",
    "=": "判断相等请写成两个等号 ==",
    "===": "判断相等请只写两个等号 ==",
    "!": "“不是”请写成 not，不等于请写成 !=",
    "&": "“并且”请写成 and",
    "&&": "“并且”请写成 and",
    "|": "“或者”请写成 or",
    "||": "“或者”请写成 or",
    "%": "不能使用百分号；占比请写成 a / b * 100，50% 请写成 0.5",
    "‰": "不能使用千分号；请写成 a / b * 1000",
    ".": "公式不能使用属性访问，请只用指标代码、数字和 + - * / 括号；小数请写成 0.5 这样",
    "。": "小数点请用英文句点 .",
    "、": "多个选项之间请用逗号",
    "[": "不能使用方括号，请用圆括号 ( )",
    "]": "不能使用方括号，请用圆括号 ( )",
    "{": "不能使用花括号，请用圆括号 ( )",
    "}": "不能使用花括号，请用圆括号 ( )",
    "【": "不能使用方括号，请用圆括号 ( )",
    "】": "不能使用方括号，请用圆括号 ( )",
    ":": "公式里不能使用冒号",
    ";": "一次只能写一个公式，不能使用分号",
    "–": "减号请用键盘上的 -",
    "—": "减号请用键盘上的 -",
    '"': "引号没有配对，请在文字两边都加上引号",
    "'": "引号没有配对，请在文字两边都加上引号",
}
_CHINESE = "公式里要写英文的指标代码，不能写中文说明；加减乘除请写成 + - * /，且、或、非请写成 and、or、not"


def scan(text: str) -> list[Token]:
    """Split `text` into tokens.

    Raises ExpressionError for an empty or over-long text, a character or word that has no place in an
    expression, and a number or quoted text outside the limits.
    """
    if len(text) > MAX_LENGTH:
        reason = f"公式有 {len(text):,} 个字符，最多 {MAX_LENGTH:,} 个，请缩短或拆成几个指标"
        raise ExpressionError(reason, MAX_LENGTH, len(text) - MAX_LENGTH)
    plain = text.translate(_PLAIN)
    tokens: list[Token] = []
    position = 0
    while position < len(plain):
        match = _TOKEN.match(plain, position)
        if match is None and _UNICODE_SPACE.match(plain, position):
            position += 1
            continue
        if match is None or match.lastgroup == "refused":
            raise _refusal(text, plain, position, match.end() if match else position + 1)
        position = match.end()
        if match.lastgroup != "space":
            tokens.append(_token(text, plain, match))
    if not tokens:
        raise ExpressionError("公式是空的，请填写，例如 nursing_beds / institution_beds * 100", 0, len(text))
    return tokens


def _token(text: str, plain: str, match: re.Match[str]) -> Token:
    kind, value, (start, end) = str(match.lastgroup), match.group(), match.span()
    if kind == "number":
        _check_number(text, plain, value, start, end)
    elif kind == "name":
        _check_name(text, plain, value, start, end)
    elif kind == "text":
        value = text[start + 1 : end - 1]
        _check_text(text, value, start)
    elif kind == "word":
        value = " ".join(value.split())
    else:
        value = _SYMBOLS.get(value, value)
    return Token(kind, value, start, end)


def _check_number(text: str, plain: str, value: str, start: int, end: int) -> None:
    tail = re.compile(r"[A-Za-z0-9_.]*").match(plain, end).group()
    if re.match(r"[eE][0-9]|[eE]$", tail):
        raise error_at(text, start, end + len(tail), "不能使用科学计数法，请把数字写全")
    if tail.startswith("_"):
        raise error_at(text, start, end + len(tail), "数字中间不能有下划线，请直接写数字")
    if tail.startswith("."):
        raise error_at(text, start, end + len(tail), "小数点写得不对，请写成 12.5 这样")
    if tail:
        raise error_at(text, start, end + len(tail), "数字和字母连在了一起；相乘请写 *，名称不能以数字开头")
    whole, _, decimals = value.partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        before = re.search(r"[0-9]{1,3},$", plain[:start])
        if before and len(whole) == 3:
            raise error_at(text, before.start(), end, f"数字里{NO_THOUSANDS}")
        raise error_at(text, start, end, "数字不能以 0 开头，请去掉前面的 0")
    if len(whole) > MAX_INTEGER_DIGITS or len(decimals) > MAX_DECIMAL_DIGITS:
        limits = f"整数部分最多 {MAX_INTEGER_DIGITS} 位，小数最多 {MAX_DECIMAL_DIGITS} 位"
        raise error_at(text, start, end, f"数字太长，{limits}")


def _check_name(text: str, plain: str, value: str, start: int, end: int) -> None:
    if plain[end : end + 1] in {'"', "'"}:
        raise error_at(text, start, end, "引号前面不能有字母，请去掉字母，或补上 == 或 in")
    if value.startswith("_"):
        raise error_at(text, start, end, "名称不能以下划线开头，请只用指标代码")
    if value in {"True", "False", "None"}:
        raise error_at(text, start, end, "不用写 True、False 或 None，请直接写名称，或写 not 名称")
    if keyword.iskeyword(value):
        raise error_at(
            text, start, end, "这是编程语言的保留字，公式里不能使用，请只用指标代码和 and、or、not、in"
        )


def _check_text(text: str, value: str, start: int) -> None:
    for offset, char in enumerate(value, start + 1):
        if char == "\\" or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise error_at(text, offset, offset + 1, "引号里的文字不能有反斜杠、换行或看不见的字符，请删除")


def _refusal(text: str, plain: str, start: int, end: int) -> ExpressionError:
    """The error for what is no token: advice for the known, the rule for everything else."""
    advice = _ADVICE.get(plain[start:end])
    if advice is None and text[start].isalpha():
        while end < len(text) and text[end].isalpha() and not text[end].isascii():
            end += 1
        advice = _CHINESE
    elif advice is None and not text[start].isprintable():
        advice = f"这里有一个看不见的字符（U+{ord(text[start]):04X}），请删除"
    return error_at(
        text, start, end, advice or "公式里不能使用这个符号，请只用指标代码、数字、括号和 + - * /"
    )
