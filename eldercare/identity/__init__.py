"""Numbers that name a person, an organisation, an account or a telephone: checked, masked, compared.

A check never repairs and never refuses by itself. It returns the value as it would be stored and what is wrong
with it; an error says that the value cannot be used, a warning that a person must look and give a reason. No
message repeats the number: messages are stored and shown where the number must not be.
"""

from eldercare.identity.accounts import check_card, check_phone, luhn_holds
from eldercare.identity.citizens import (
    CENTENARIAN_CODES,
    PROVINCES,
    CheckedId,
    Sex,
    check_id_number,
    compare_with_id,
    holds_id_number,
    id_check_character,
    ordinary_id,
)
from eldercare.identity.findings import Checked, Finding, Severity
from eldercare.identity.masking import mask_card, mask_id, mask_other, mask_phone
from eldercare.identity.names import name_key
from eldercare.identity.organisations import CheckedCreditCode, check_credit_code, credit_check_character
from eldercare.identity.synthetic import SYNTHETIC_AREA, is_synthetic, synthetic_id

__all__ = [
    "CENTENARIAN_CODES",
    "PROVINCES",
    "SYNTHETIC_AREA",
    "Checked",
    "CheckedCreditCode",
    "CheckedId",
    "Finding",
    "Severity",
    "Sex",
    "check_card",
    "check_credit_code",
    "check_id_number",
    "check_phone",
    "compare_with_id",
    "credit_check_character",
    "holds_id_number",
    "id_check_character",
    "is_synthetic",
    "luhn_holds",
    "mask_card",
    "mask_id",
    "mask_other",
    "mask_phone",
    "name_key",
    "ordinary_id",
    "synthetic_id",
]
