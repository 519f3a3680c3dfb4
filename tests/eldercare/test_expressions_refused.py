"""What the expression language refuses: with which place and advice, and that hostile text runs nothing."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from eldercare.expressions import MAX_DEPTH, MAX_LENGTH, MAX_NODES, ExpressionError, parse
from tests.eldercare.expression_trees import (
    FUNCTIONS,
    divides_by_zero,
    formulas,
    read,
    rules,
    write,
)

NAMES = ["nursing_beds", "institution_beds", "a", "b", "c", "economic", "age", "registered"]

REFUSED = [
    ("a" * 10_000, MAX_LENGTH, "10,000 个字符，最多 1,000 个"),
    ("", 0, "公式是空的"),
    ("  \u3000\n", 0, "公式是空的"),
    ("__import__('os').system('true')", 0, "不能以下划线开头"),
    ("a / 0", 4, "除数是 0"),
    ("a / 0.00", 4, "除数是 0"),
    ("a / -(1 - 1)", 4, "除数是 0"),
    ("(" * 5000, MAX_LENGTH, "最多 1,000 个"),
    ("(" * 400 + "a" + ")" * 400, MAX_DEPTH, "括号嵌套太深"),
    ("-" * 100 + "a", MAX_DEPTH, "嵌套太深"),
    ("not " * 100 + "a", MAX_DEPTH * 4, "嵌套太深"),
    ("a" + "+a" * 150, MAX_NODES, "合计最多 200 个"),
    ("1e400", 0, "科学计数法"),
    ("a * 1E-5", 4, "科学计数法"),
    ("9" * 19, 0, "数字太长"),
    ("0." + "1" * 11, 0, "数字太长"),
    ("9" * 900, 0, "数字太长"),
    ("0x1F", 0, "数字和字母连在了一起"),
    ("1j", 0, "数字和字母连在了一起"),
    ("1_000", 0, "不能有下划线"),
    ("1,000", 0, "千位分隔逗号，例如 1,000 请写成 1000"),
    ("a + 1,234", 5, "千位分隔逗号，例如 1,000 请写成 1000"),
    ("007", 0, "数字不能以 0 开头"),
    ("1.", 0, "小数点写得不对"),
    (".5", 0, "小数请写成 0.5"),
    ("50%", 2, "不能使用百分号"),
    ("a / b × １００％", 11, "不能使用百分号"),
    ("护理床位除以总床位", 0, "要写英文的指标代码"),
    ("a 除以 b", 2, "要写英文的指标代码"),
    ("(a + b", 0, "左括号没有配对"),
    ("a + b)", 5, "多了一个右括号"),
    ("a + ()", 5, "括号里是空的"),
    ("a +", 2, "公式没有写完"),
    ("* a", 0, "公式不能以“*”开头"),
    ("a * / b", 4, "“*”后面应当是"),
    ("a b", 2, "缺少运算符"),
    ("2 (a)", 2, "相乘请写 *"),
    ("+a", 0, "正号不用写"),
    ("a ** b", 2, "不支持乘方"),
    ("a ^ b", 2, "不支持乘方"),
    ("a // b", 2, "不支持整除"),
    ("a.b", 1, "不能使用属性访问"),
    ("a[0]", 1, "不能使用方括号"),
    ("{a}", 0, "不能使用花括号"),
    ('f"x"', 0, "引号前面不能有字母"),
    ("a == 'x", 5, "引号没有配对"),
    ("economic == 'x\\n'", 14, "反斜杠"),
    ("a if b else c", 2, "保留字"),
    ("lambda: a", 0, "保留字"),
    ("[a for a in b]", 0, "方括号"),
    ("(a for a in b)", 3, "保留字"),
    ("(a := 1)", 3, "冒号"),
    ("registered == True", 14, "直接写名称"),
    ("a = 1", 2, "两个等号"),
    ("a === 1", 2, "两个等号"),
    ("age <> 1", 4, "!="),
    ("a && b", 2, "and"),
    ("!a", 0, "not"),
    ("a; b", 1, "分号"),
    ("a — b", 2, "减号"),
    ("a\x00b", 1, "U+0000"),
    ("a\ud800", 1, "U+D800"),
    ("a\u200b", 1, "U+200B"),
    ("average(a)", 0, "没有名为“average”的函数"),
    ("sum_sinc(a)", 0, "是不是“sum_since”"),
    ("sum_since(a, b)", 0, "只能写一个指标代码"),
    ("sum_since(a + 1)", 0, "只能写一个指标代码"),
    ("sum_since(sum_since(a))", 0, "只能写一个指标代码"),
    ("sum_since()", 10, "要写一个指标代码"),
    ("sum_since * 2", 0, "这是函数"),
    ("sum_since(a)(b)", 12, "缺少运算符"),
    ("nursing_bed / a", 0, "是不是“nursing_beds”"),
    ("NURSING_BEDS", 0, "是不是“nursing_beds”"),
    ("a, b", 1, "逗号只能用在 in 后面"),
    ("(a, b)", 2, "逗号只能用在 in 后面"),
    ("a in b", 5, "用括号列出选项"),
    ("a in ()", 6, "括号里是空的"),
    ("a in (b)", 6, "只能写数字或带引号的文字"),
    ("a in (1, '2')", 5, "要么都是数字，要么都是文字"),
    ("a in (1) in (2)", 0, "不能和其他比较连着写"),
    ("(a > 1) + 2", 1, "不能当作数字使用"),
    ("(a > 1) == b", 1, "条件不能再拿来比较"),
    ("a > 1 and b + 1", 10, "这里要写条件"),
    ("a + not b", 4, "not 只能写在条件前面"),
    ("a > 1 and a", 10, "前后用法不一"),
    ("economic == '低保' or economic > 1", 20, "前后用法不一"),
    ("economic < '低保'", 11, "不能用 < 比大小"),
    ("'低保'", 0, "不能参加运算"),
    ("1 == '1'", 5, "不能互相比较"),
    ("economic == '低保😀' and agee > 1", 22, "是不是“age”"),
]


@pytest.mark.parametrize(("text", "position", "reason"), REFUSED)
def test_a_bad_text_is_refused_with_its_place_and_advice(text, position, reason):
    with pytest.raises(ExpressionError, match=re.escape(reason)) as caught:
        parse(text, names=NAMES, functions=FUNCTIONS)
    assert caught.value.position == position
    assert str(caught.value) == caught.value.message
    if caught.value.length > 0 and len(text) <= MAX_LENGTH:
        assert caught.value.message.startswith(f"第 {position + 1} 个字符") or not text.strip()


def test_every_message_of_the_list_is_about_its_own_mistake():
    """Beyond the quoted piece, no two of the listed kinds of mistake may read the same."""
    kinds = [
        "1,000",
        "护理",
        "",
        "(a",
        "a +",
        "a b",
        "a ** b",
        "a.b",
        'f"x"',
        "a if b",
        "g(a)",
        "a / 0",
        "1e400",
    ]
    reasons = set()
    for text in kinds:
        with pytest.raises(ExpressionError) as caught:
            parse(text, names=NAMES, functions=FUNCTIONS)
        reasons.add(caught.value.message.rpartition("”：")[2])
    assert len(reasons) == len(kinds)


def test_unknown_name_lists_what_there_is_when_that_is_little():
    with pytest.raises(ExpressionError, match="可以用的有：age、registered"):
        parse("zzz > 1", names={"registered", "age"})
    with pytest.raises(ExpressionError, match="这里不能使用函数"):
        parse("f(a)", names=None)


@given(formulas(), st.data())
def test_an_illegal_character_is_found_where_it_stands(tree, data):
    """The error is at the character, or at the start of the token that the character splits."""
    text = read(tree).text
    at = data.draw(st.integers(0, len(text)))
    char = data.draw(st.sampled_from("@#$?;:[]{}~`\\^&|%。、￥\u200b\ud83d"))
    starts = [m.start() for m in re.finditer(r"[A-Za-z0-9_.]+|\S", text) if m.start() < at <= m.end()]
    spoiled = text[:at] + char + text[at:]
    assume(len(spoiled) <= MAX_LENGTH)
    with pytest.raises(ExpressionError) as caught:
        parse(spoiled, names=None, functions=FUNCTIONS)
    assert min([*starts, at]) <= caught.value.position <= at


@given(formulas(max_leaves=30), st.data())
def test_a_misspelt_name_is_found_where_it_stands_in_full_width_text(tree, data):
    text = read(tree).text.translate(str.maketrans("()+*/0123", "（）＋×÷０１２３"))
    places = [match.start() for match in re.finditer(r"\b[abcd]\b", text)]
    assume(places)
    at = data.draw(st.sampled_from(places))
    with pytest.raises(ExpressionError) as caught:
        parse(f"{text[:at]}zzz{text[at + 1 :]}", names="abcde", functions=FUNCTIONS)
    assert (caught.value.position, caught.value.length) == (at, 3)


@given(formulas(max_leaves=20))
def test_a_constant_zero_divisor_is_refused_and_nothing_else_is(tree):
    text = write(tree)
    assume(len(text) <= MAX_LENGTH)
    if divides_by_zero(tree):
        with pytest.raises(ExpressionError, match="除数是 0"):
            parse(text, names=None, functions=FUNCTIONS)
    else:
        parse(text, names=None, functions=FUNCTIONS)


# --- hostile text ---

_PIECES = """
a b sum_since registered 1 0 12.5 "x" '低保' ( ) ( ) + - * / == != < <= > >= and or not in , . [ ] { } : ; =
** // % @ & | ^ ~ ! ? # \\ ` lambda if else for await yield None True is del __import__ __class__ eval exec
open system f" r' b" ''' 1e9 1j 0x 0b1 1_0 ... := -> （ ） ， × ÷ － “ ” ≥ 除以 😀
"""
FRAGMENTS = [
    *_PIECES.split(),
    *(" ", "\n", "\t", "\x00", "\u200b", "\ud800", "\u3000"),
    "__import__('os').system('touch /tmp/owned')",
    "().__class__.__bases__[0].__subclasses__()",
    "[x for x in range(10**9)]",
    "((" * 20,
    "9" * 50,
]
SEEN_RUNNING: list[str] = []
_watching = False


def _audit(event: str, _arguments: tuple) -> None:
    if _watching and event in {"exec", "import", "open", "os.system", "subprocess.Popen", "socket.connect"}:
        SEEN_RUNNING.append(event)


sys.addaudithook(_audit)  # cannot be taken off again, hence the switch


@contextmanager
def nothing_runs() -> Iterator[None]:
    global _watching
    SEEN_RUNNING.clear()
    _watching = True
    try:
        yield
    finally:
        _watching = False
    assert not SEEN_RUNNING


def refused_or_read(text: str) -> None:
    """Parsing `text` runs nothing and ends in an Expression or an error that can be shown."""
    with nothing_runs():
        try:
            found = parse(text, names=None, functions=FUNCTIONS)
        except ExpressionError as error:
            found = error
    if isinstance(found, ExpressionError):
        assert 0 <= found.position <= found.position + found.length <= len(text)
        assert re.search("[\u4e00-\u9fff]", found.message)
        assert found.message.isprintable()
        found.message.encode()
    else:
        assert {term.function for term in found.terms} <= {None, *FUNCTIONS}
        with nothing_runs():
            found.evaluate({})


@given(st.text() | st.text(alphabet=st.characters(codec=None, categories=None), max_size=40))
def test_random_text_is_read_or_refused(text):
    refused_or_read(text)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40), st.sampled_from(["", " "]))
@example(["("] * 30 + ["a", "not", "b"] + [")"] * 30, " ")
def test_random_fragments_of_the_grammar_are_read_or_refused(fragments, joiner):
    refused_or_read(joiner.join(fragments))


@given(formulas() | rules(), st.data())
def test_a_damaged_expression_is_read_or_refused(tree, data):
    text = list(write(tree))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 2))] = data.draw(st.sampled_from([*FRAGMENTS, ""]))
    refused_or_read("".join(text))


@pytest.mark.parametrize(
    "text",
    [
        *("(" * 5000 + ")" * 5000, "9" * 10**6, "-" * 1000, "not " * 249, "a<" * 499 + "a", "((((" * 100),
        *(
            "a(" * 400,
            "(" * 30 + "a" + ")" * 30,
            "a in (" + "1," * 99 + ")",
            " " * 1000,
            "'" + "低" * 998 + "'",
        ),
    ],
)
def test_python_s_parser_is_given_little_whatever_the_text(text, monkeypatch):
    """No literal, at most 200 operands and operators, brackets at most 30 deep."""
    given_to_python = []

    def spy(source: str, **options: str) -> ast.AST:
        given_to_python.append(source)
        return ast.parse(source, **options)

    monkeypatch.setattr(
        "eldercare.expressions.syntax.ast", type("Spy", (), {**vars(ast), "parse": staticmethod(spy)})
    )
    refused_or_read(text)
    for source in given_to_python:
        assert source.isascii()
        assert not re.search(r"[1-9]|'[^']|\.", source)
        words = source.split()
        assert len([word for word in words if word not in "(),"]) <= MAX_NODES + words.count("in")
        depths = [source[:at].count("(") - source[:at].count(")") for at in range(len(source))]
        assert max(depths) <= MAX_DEPTH
