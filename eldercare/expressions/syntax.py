"""From tokens to Python's syntax tree, without ever showing Python a literal or an unchecked word.

Python's own parser supplies precedence only. It is given names, operators and brackets that were already
checked for order, balance and depth, with a placeholder for every literal; so neither huge numbers, escapes
and prefixes of strings nor deep nesting reach it, and its English syntax errors are never what a user reads.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .errors import ExpressionError, error_at
from .tokens import NO_THOUSANDS, Token

MAX_DEPTH = 30  # levels of nesting, of brackets and of operators
MAX_NODES = 200  # names, literals and operators together

_PLACEHOLDER = {"number": "0", "text": "''"}
_OPERANDS = frozenset({"name", "number", "text"})
_BINARY = frozenset({"+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"})
_NOT_AFTER = frozenset({None, "and", "or", "not", "("})


class SyntaxTree:
    """The tree of `text`, and for each of its nodes the tokens it came from."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        _Order(text).check(tokens)
        source, self._starts, self._ends = _source(tokens)
        try:
            self.root = ast.parse(source, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise error_at(text, 0, len(text), "公式读不懂，请检查运算符和括号") from error

    def token(self, node: ast.AST) -> Token:
        """The first token of `node`: of a name or a literal, the token itself."""
        return self._starts[node.col_offset]

    def error(self, node: ast.AST, reason: str) -> ExpressionError:
        return error_at(self.text, self.token(node).start, self._ends[node.end_col_offset].end, reason)


def _source(tokens: Iterable[Token]) -> tuple[str, dict[int, Token], dict[int, Token]]:
    """ASCII source for `ast.parse` with the token that starts, and that ends, at each column."""
    parts, starts, ends, column = [], {}, {}, 0
    for token in tokens:
        part = _PLACEHOLDER.get(token.kind, token.value)
        starts[column], ends[column + len(part)] = token, token
        parts.append(part)
        column += len(part) + 1
    return " ".join(parts), starts, ends


class _Order:
    """Reads tokens left to right, knowing whether an operand or an operator has to come next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.brackets: list[tuple[str, Token]] = []  # (group | call | members, the opening bracket)
        self.previous: Token | None = None
        self.needs_operand = True

    def check(self, tokens: list[Token]) -> None:
        counted = [token for token in tokens if token.value not in {"(", ")", ","}]
        if len(counted) > MAX_NODES:
            reason = f"公式太长，名称、数字和运算符合计最多 {MAX_NODES} 个，请拆成几个指标"
            raise self.error(counted[MAX_NODES], reason)
        for token in tokens:
            if self.needs_operand:
                self.operand(token)
            else:
                self.operator(token)
            self.previous = token
        if self.brackets:
            raise self.error(self.brackets[-1][1], "左括号没有配对的右括号，请补上 )")
        if self.needs_operand:
            raise self.error(tokens[-1], "公式没有写完，后面缺少指标代码或数字")

    def error(self, token: Token, reason: str) -> ExpressionError:
        return error_at(self.text, token.start, token.end, reason)

    def operand(self, token: Token) -> None:
        # What comes before an operand is an operator, an opening bracket or a comma, never a quoted text.
        before = self.previous.value if self.previous else None
        if before in {"in", "not in"} and token.value != "(":
            raise self.error(token, 'in 后面要用括号列出选项，例如 in ("低保", "特困")')
        if token.kind in _OPERANDS:
            self.needs_operand = False
        elif token.value == "(":
            self.open("members" if before in {"in", "not in"} else "group", token)
        elif token.value == ")":
            self.close_early(token)
        elif token.value == "not":
            if before not in _NOT_AFTER:
                raise self.error(token, "not 只能写在条件前面，请用括号把条件括起来，例如 a and (not b)")
        elif token.value != "-":
            raise self.error(token, self.missing_operand(token, before))

    def missing_operand(self, token: Token, before: str | None) -> str:
        if token.value == ",":
            return "逗号前面缺少内容，请删去多余的逗号"
        if token.value == "+":
            return "正号不用写，请去掉；如果是相加，请在前面补上指标代码或数字"
        if before is None:
            return f"公式不能以“{token.value}”开头，请先写指标代码或数字"
        return f"“{before}”后面应当是指标代码、数字或左括号，不能直接写“{token.value}”"

    def operator(self, token: Token) -> None:
        if token.kind in _OPERANDS or token.value == "not":
            raise self.error(token, f"“{self.shown()}”和它之间缺少运算符，请补上 + - * / 或 and、or")
        if token.value == "(":
            if self.previous.kind != "name":
                raise self.error(token, "括号前面缺少运算符，相乘请写 *")
            self.open("call", token)
        elif token.value == ")":
            self.close(token)
        elif token.value == ",":
            self.comma(token)
        elif token.value in _BINARY:
            self.needs_operand = True

    def shown(self) -> str:
        return self.text[self.previous.start : self.previous.end]

    def open(self, role: str, token: Token) -> None:
        if len(self.brackets) == MAX_DEPTH:
            raise self.error(token, f"括号嵌套太深，最多 {MAX_DEPTH} 层，请拆成几个指标")
        self.brackets.append((role, token))
        self.needs_operand = True

    def close(self, token: Token) -> None:
        if not self.brackets:
            raise self.error(token, "多了一个右括号，或者前面少了左括号 (")
        self.brackets.pop()
        self.needs_operand = False

    def close_early(self, token: Token) -> None:
        """A closing bracket where an operand was due: right only after `("低保",`."""
        role = self.brackets[-1][0] if self.brackets else None
        before = self.previous.value if self.previous else None
        if role == "members" and before == ",":
            self.close(token)
        elif role == "call":
            raise self.error(token, "函数的括号里要写一个指标代码，例如 sum_since_plan_start(adapted_homes)")
        elif role is None:
            self.close(token)
        elif before == "(":
            raise self.error(token, "括号里是空的，请填写或删去括号")
        else:
            raise self.error(token, f"“{before}”后面缺少指标代码或数字")

    def comma(self, token: Token) -> None:
        role = self.brackets[-1][0] if self.brackets else None
        if role not in {"members", "call"}:
            if self.previous.kind == "number":
                raise self.error(token, f"数字里{NO_THOUSANDS}")
            raise self.error(token, "逗号只能用在 in 后面的括号里，用来隔开选项")
        self.needs_operand = True
