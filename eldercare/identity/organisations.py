"""The unified social credit code (统一社会信用代码), GB 32100-2015.

18 characters: registering department 1, kind of organisation 1, division of the registry 6, organisation code 9
(GB 11714), check character. 31 characters are in use: no I, O, S, V, Z.
"""

import re
from dataclasses import dataclass

from eldercare.identity.findings import Checked, Finding, error, warning
from eldercare.identity.reading import as_text

WHAT = "统一社会信用代码"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {letter: number for number, letter in enumerate(ALPHABET)}
WELL_FORMED = re.compile(rf"[1-9A-HJ-NPQRTUWXY][{ALPHABET}]\d{{6}}[{ALPHABET}]{{10}}")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# By the first two characters. Recollected, so it informs and never refuses.
KINDS = {
    "11": "机关", "12": "事业单位", "13": "群众团体（编办）", "19": "其他（机构编制）",
    "51": "社会团体", "52": "民办非企业单位", "53": "基金会", "59": "其他（民政）",
    "81": "基层工会", "91": "企业", "92": "个体工商户", "93": "农民专业合作社",
    "N1": "组级集体经济组织", "N2": "村级集体经济组织", "N3": "乡镇级集体经济组织",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckedCreditCode(Checked):
    @property
    def kind(self) -> str | None:
        """What the first two characters say: 事业单位, 民办非企业单位, 企业 …; None when they say nothing known."""
        return KINDS.get(self.value[:2]) if len(self.value) == 18 else None


def credit_check_character(first17: str) -> str:
    """The 18th character: weights 3^0 … 3^16 mod 31; what is missing to a multiple of 31, 0 if nothing is."""
    total = sum(VALUES[letter] * pow(3, place, 31) for place, letter in enumerate(first17))
    return ALPHABET[-total % 31]


def organisation_check_character(first8: str) -> str:
    """The 9th character of the organisation code (GB 11714), modulo 11; digits count 0–9, letters 10–35."""
    total = sum(int(letter, 36) * weight for letter, weight in zip(first8, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def check_credit_code(value: object, *, check_organisation: bool = False) -> CheckedCreditCode:
    """Check what stands in a cell or field. A wrong check character is an error: the code is printed on the
    licence and the registry never issues a wrong one. ``check_organisation`` adds the GB 11714 part (a warning).
    """
    text, problem = as_text(value, what=WHAT)
    text = text.replace("-", "")
    problem = problem or _malformed(text)
    if problem is not None:
        return CheckedCreditCode(text, (problem,))
    if credit_check_character(text[:17]) != text[17]:
        return CheckedCreditCode(
            text, (error("checksum", f"{WHAT}校验位不符，有一位写错，请与登记证书核对。"),)
        )
    findings: tuple[Finding, ...] = ()
    if text[:2] not in KINDS:
        findings += (warning("kind", f"{WHAT}前两位不是常见的机构类别，请核对。"),)
    if check_organisation and organisation_check_character(text[8:16]) != text[16]:
        findings += (warning("organisation", f"{WHAT}第 9 至 17 位（组织机构代码）的校验位不符，请核对。"),)
    return CheckedCreditCode(text, findings)


def _malformed(text: str) -> Finding | None:
    if not text:
        return error("missing", f"没有填写{WHAT}。")
    if len(text) == 15 and text.isdecimal():
        return error("old_number", f"这是 15 位的旧注册号，请填 18 位{WHAT}。")
    if len(text) == 9:
        return error("old_number", f"这是 9 位的组织机构代码，请填 18 位{WHAT}。")
    if len(text) != 18:
        return error("length", f"{WHAT}应为 18 位，这里是 {len(text)} 位。")
    if set(text) & set("IOSVZ"):
        return error("characters", f"{WHAT}不用字母 I、O、S、V、Z，请核对是否应为数字 1、0、5、2。")
    if not WELL_FORMED.fullmatch(text):
        return error("characters", f"{WHAT}中有不该出现的字符，第 3 至 8 位应为登记机关的 6 位区划代码。")
    return None
