"""What the files of the plans say, read without the portal."""

from indicators.fixtures import fixtures_dir, read_json
from tests.indicators import oracle

CATALOGUE = {row["code"]: row for row in read_json(fixtures_dir() / "metrics.json")}


def document_of(plan: str) -> dict:
    return read_json(fixtures_dir() / "plans" / f"{plan}.json")


def needed(plan: str) -> set[str]:
    """What the formulas of a plan and their other readings name, as far as it is reported month by month."""
    rows = document_of(plan)["indicators"]
    texts = [row["formula"] for row in rows if row.get("formula") and row["input_source"] == "reported"]
    texts += [other["formula"] for row in rows for other in row.get("alternatives", [])]
    found = set().union(*map(oracle.metrics_named, texts))
    return {code for code in found if CATALOGUE[code]["reporter"] != "registered"}
