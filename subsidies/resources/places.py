"""Where a person lives, which need not be where the household is registered (人户分离): read from two cells."""

from eldercare.excel.cells.flawed import Flawed
from eldercare.excel.cells.words import TOWNSHIP, VILLAGE
from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Severity
from eldercare.excel.ledgers import Situation
from eldercare.models import OrgUnit

OUTSIDE = frozenset({"县外", "外县", "外地", "省外", "市外", "本县以外", "不在本县", "国外", "境外"})


class Residences:
    """Any township of the county may be written, by a township's clerk too: the engine's own columns take only his."""

    def __init__(self, situation: Situation, unit: Column, village: Column) -> None:
        self.situation, self.unit, self.village = situation, unit, village
        self.ids = {code: each.pk for code, each in situation.units.items()}
        self.known: dict[tuple, object] = {}

    def fill(self, rows: CleanBatch) -> None:
        """``residence_unit_id``, ``residence_village_id``, ``lives_outside`` and ``village_alone`` of every row."""
        values = rows.values
        units, villages, outside = [], [], []
        cells = zip(values[self.unit.key], values[self.village.key], values["township_code"], strict=True)
        for index, (unit, village, registered) in enumerate(cells):
            is_outside = unit in OUTSIDE
            code = None if is_outside else self._find(rows, index, self.unit, unit, TOWNSHIP, None)
            place = self._find(rows, index, self.village, village, VILLAGE, code or registered)
            if place and is_outside:
                self.situation.say(
                    rows, index, self.village, "居住镇(街道)写了县外，就不填居住村(社区)。", value=village
                )
            if place and not code:
                code = self.situation.units[place].parent.code
            units.append(self.ids.get(code))
            villages.append(self.ids.get(place))
            outside.append(is_outside)
        values["residence_unit_id"], values["residence_village_id"] = units, villages
        values["lives_outside"] = outside
        alone = self.unit.key not in self.situation.present
        values["village_alone"] = [alone and each is not None for each in villages]

    def _find(
        self, rows: CleanBatch, index: int, column: Column, text: str | None, level: str, within: str | None
    ) -> str | None:
        if not text:
            return None
        key = (text, level, within)
        if key not in self.known:
            self.known[key] = self.situation.places.find(text, level, within)
        found = self.known[key]
        if not isinstance(found, Flawed):
            return self._of_a_kind(found, level)
        self.situation.say(rows, index, column, found.message, found.severity, text)
        return self._of_a_kind(found.value, level) if found.severity is not Severity.ERROR else None

    def _of_a_kind(self, code: object, level: str) -> str | None:
        unit = self.situation.units.get(str(code)) if code else None
        if unit is None:
            return None
        return unit.code if (unit.level == OrgUnit.Level.VILLAGE) == (level == VILLAGE) else None
