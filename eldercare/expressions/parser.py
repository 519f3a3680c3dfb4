"""From Python's syntax tree to nodes: the whitelist, the kinds of names, and what is divided by zero."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection
from decimal import Decimal

from .evaluation import evaluate
from .nodes import (
    Chain,
    Compare,
    Junction,
    Kind,
    Membership,
    Negative,
    Node,
    Not,
    Number,
    Reference,
    Sum,
    Term,
    Text,
    is_constant,
)
from .syntax import MAX_DEPTH, SyntaxTree
from .tokens import scan

_COMPARISONS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_LISTED = 8  # so few allowed names are listed in full when none is similar


def build(
    text: str, names: Collection[str] | None, functions: Collection[str], condition: bool | None
) -> Node:
    """The node for `text`; see `parse`. Raises ExpressionError."""
    tree = SyntaxTree(text, scan(text))
    builder = _Builder(tree, names, functions)
    if condition is None:
        condition = _is_condition(tree.root)
    return builder.condition(tree.root, 1) if condition else builder.number(tree.root, 1)


def _is_condition(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


class _Builder:
    """Walks the tree from the top, asking of each part for a number, a text or a condition."""

    def __init__(self, tree: SyntaxTree, names: Collection[str] | None, functions: Collection[str]) -> None:
        self.tree = tree
        self.names = names
        self.functions = functions
        self.kinds: dict[Term, Kind] = {}

    # numbers

    def number(self, node: ast.expr, depth: int) -> Node:
        self._limit(node, depth)
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._sum(node, depth)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self._chain(node, depth)
            case ast.UnaryOp(op=ast.USub()):
                return Negative(self.number(node.operand, depth + 1))
            case ast.Name() | ast.Call():
                return self._reference(node, Kind.NUMBER)
            case ast.Constant():
                return self._literal_number(node)
        if _is_condition(node):
            raise self.tree.error(node, "条件的结果是“是”或“否”，不能当作数字使用，请改成算式")
        raise self.tree.error(node, "公式不支持这种写法，请只用指标代码、数字和 + - * / 括号")

    def _sum(self, node: ast.expr, depth: int) -> Sum:
        items: list[tuple[bool, Node]] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            items.append((isinstance(node.op, ast.Sub), self.number(node.right, depth + 1)))
            node = node.left
        items.append((False, self.number(node, depth + 1)))
        return Sum(tuple(reversed(items)))

    def _chain(self, node: ast.expr, depth: int) -> Chain:
        groups: list[tuple[tuple[bool, Node], ...]] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            operand = self.number(node.right, depth + 1)
            if isinstance(node.op, ast.Div):
                self._refuse_zero(node.right, operand)
                groups.append(((True, operand),))
            else:
                groups.append(_factors(operand))
            node = node.left
        groups.append(_factors(self.number(node, depth + 1)))
        return Chain(tuple(factor for group in reversed(groups) for factor in group))

    def _refuse_zero(self, node: ast.expr, divisor: Node) -> None:
        if is_constant(divisor) and not evaluate(divisor, {}):
            raise self.tree.error(node, "除数是 0，请改成不为 0 的数字或指标代码")

    def _literal_number(self, node: ast.Constant) -> Number:
        token = self.tree.token(node)
        if token.kind != "number":
            raise self.tree.error(node, "带引号的文字不能参加运算，只能用 ==、!= 或 in 来比较")
        return Number(Decimal(token.value))

    # conditions

    def condition(self, node: ast.expr, depth: int) -> Node:
        self._limit(node, depth)
        match node:
            case ast.BoolOp(op=operator, values=values):
                word = "and" if isinstance(operator, ast.And) else "or"
                return Junction(word, tuple(self.condition(value, depth + 1) for value in values))
            case ast.UnaryOp(op=ast.Not()):
                return Not(self.condition(node.operand, depth + 1))
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.Name() | ast.Call():
                return self._reference(node, Kind.BOOLEAN)
        raise self.tree.error(node, "这里要写条件，不能只写数字、文字或算式，例如 age >= 80")

    def _comparison(self, node: ast.Compare, depth: int) -> Node:
        if any(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops):
            return self._membership(node, depth)
        operands = [node.left, *node.comparators]
        pairs = zip(node.ops, operands, operands[1:], strict=False)
        found = tuple(self._pair(_COMPARISONS[type(op)], a, b, depth + 1) for op, a, b in pairs)
        return found[0] if len(found) == 1 else Junction("and", found)

    def _pair(self, operator: str, left: ast.expr, right: ast.expr, depth: int) -> Compare:
        kinds = {self._kind(left), self._kind(right)} - {None}
        if len(kinds) > 1:
            raise self.tree.error(right, "数字和文字不能互相比较，请改成同一种")
        equality = operator in {"==", "!="}
        kind = kinds.pop() if kinds else (Kind.ANY if equality else Kind.NUMBER)
        if kind is Kind.TEXT and not equality:
            raise self.tree.error(right, f"文字不能用 {operator} 比大小，只能用 ==、!= 或 in")
        return Compare(operator, self._typed(left, kind, depth), self._typed(right, kind, depth))

    def _membership(self, node: ast.Compare, depth: int) -> Membership:
        if len(node.ops) > 1:
            raise self.tree.error(node, "in 不能和其他比较连着写，请用 and 连接")
        listed = node.comparators[0]
        members = [self._member(m) for m in (listed.elts if isinstance(listed, ast.Tuple) else [listed])]
        if len({type(member) for member in members}) > 1:
            raise self.tree.error(listed, "括号里的选项要么都是数字，要么都是文字")
        kind = Kind.NUMBER if isinstance(members[0], Number) else Kind.TEXT
        item = self._typed(node.left, kind, depth + 1)
        return Membership(item, tuple(members), isinstance(node.ops[0], ast.NotIn))

    def _member(self, node: ast.expr) -> Number | Text:
        match node:
            case ast.Constant():
                token = self.tree.token(node)
                return Text(token.value) if token.kind == "text" else Number(Decimal(token.value))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as literal):
                return Number(self._literal_number(literal).value.copy_negate())
        raise self.tree.error(node, "in 后面的括号里只能写数字或带引号的文字")

    def _kind(self, node: ast.expr) -> Kind | None:
        """What `node` must be by itself; None for a name, which is what it is compared with."""
        if _is_condition(node):
            raise self.tree.error(node, "条件不能再拿来比较，请用 and、or、not 连接")
        if isinstance(node, ast.Name | ast.Call):
            return None
        is_text = isinstance(node, ast.Constant) and self.tree.token(node).kind == "text"
        return Kind.TEXT if is_text else Kind.NUMBER

    def _typed(self, node: ast.expr, kind: Kind, depth: int) -> Node:
        if kind is Kind.NUMBER:
            return self.number(node, depth)
        if isinstance(node, ast.Name | ast.Call):
            return self._reference(node, kind)
        if self._kind(node) is Kind.TEXT:
            return Text(self.tree.token(node).value)
        raise self.tree.error(node, "数字和文字不能互相比较，请改成同一种")

    # names

    def _reference(self, node: ast.Name | ast.Call, kind: Kind) -> Reference:
        term = self._call(node) if isinstance(node, ast.Call) else Term(None, self._name(node))
        known = self.kinds.get(term, Kind.ANY)
        if Kind.ANY not in {kind, known} and kind is not known:
            reason = f"同一个名称在前后用法不一：既当{known.value}又当{kind.value}，请只用一种"
            raise self.tree.error(node, reason)
        self.kinds[term] = known if kind is Kind.ANY else kind
        return Reference(term, kind)

    def _call(self, node: ast.Call) -> Term:
        function = self.tree.token(node).value
        if function not in self.functions:
            raise self.tree.error(node.func, _unknown("函数", function, self.functions))
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Name):
            reason = f"函数“{function}”的括号里只能写一个指标代码，不能写算式、数字或多个代码"
            raise self.tree.error(node, reason)
        return Term(function, self._name(node.args[0]))

    def _name(self, node: ast.Name) -> str:
        name = self.tree.token(node).value
        if self.names is not None and name not in self.names:
            if name in self.functions:
                raise self.tree.error(node, f"这是函数，请写成 {name}(指标代码)")
            raise self.tree.error(node, _unknown("名称", name, self.names))
        return name

    def _limit(self, node: ast.expr, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self.tree.error(node, f"公式嵌套太深，最多 {MAX_DEPTH} 层，请拆成几个指标")


def _factors(node: Node) -> tuple[tuple[bool, Node], ...]:
    """A factor that is itself a chain joins the chain it stands in: `a * (b / c)` is `a * b / c`."""
    return node.factors if isinstance(node, Chain) else ((False, node),)


def _unknown(what: str, name: str, allowed: Collection[str]) -> str:
    """Says that `name` is unknown and offers what the user may have meant."""
    if not allowed:
        return f"没有名为“{name}”的{what}，这里不能使用{what}"
    folded = {known.casefold(): known for known in sorted(allowed, reverse=True)}
    close = difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)
    if close:
        return f"没有名为“{name}”的{what}，是不是" + "、".join(f"“{folded[key]}”" for key in close) + "？"
    if len(allowed) <= _LISTED:
        return f"没有名为“{name}”的{what}，可以用的有：" + "、".join(sorted(allowed))
    return f"没有名为“{name}”的{what}，请核对代码"
