"""The register of elders, subsidy programmes, payments and care at home."""

from subsidies.models.assessments import Ability, Assessment, AssessmentSettings, LevelMapping
from subsidies.models.bank import BankJob, Bounce
from subsidies.models.care import Adaptation, FamilyBed, Service, Visit, VisitRule
from subsidies.models.doubles import DistinctElders
from subsidies.models.due import DuePeriod
from subsidies.models.elders import (
    Elder,
    ElderChange,
    ElderMerge,
    ElderTag,
    HouseholdHead,
    Payee,
)
from subsidies.models.enrolments import Certification, Enrolment, EnrolmentStep, PublicNotice
from subsidies.models.payments import (
    Batch,
    Finding,
    ListedPerson,
    PaymentLine,
    ReturnRow,
)
from subsidies.models.programmes import Band, Exclusion, FundingShare, Programme, RuleVersion
from subsidies.models.recoveries import Recovery, RecoveryEntry
from subsidies.models.replays import ReplayLine, RuleReplay

__all__ = [
    "Ability",
    "Adaptation",
    "Assessment",
    "AssessmentSettings",
    "Band",
    "BankJob",
    "Batch",
    "Bounce",
    "Certification",
    "DistinctElders",
    "DuePeriod",
    "Elder",
    "ElderChange",
    "ElderMerge",
    "ElderTag",
    "Enrolment",
    "EnrolmentStep",
    "Exclusion",
    "FamilyBed",
    "Finding",
    "FundingShare",
    "HouseholdHead",
    "LevelMapping",
    "ListedPerson",
    "Payee",
    "PaymentLine",
    "Programme",
    "PublicNotice",
    "Recovery",
    "RecoveryEntry",
    "ReplayLine",
    "ReturnRow",
    "RuleReplay",
    "RuleVersion",
    "Service",
    "Visit",
    "VisitRule",
]
