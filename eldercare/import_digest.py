"""The uploads of the week, for the weekly digest."""

from collections import Counter

from django.urls import reverse

from eldercare import digest
from eldercare.digest import Line, Week
from eldercare.excel.ledgers import ledger_of
from eldercare.models import ImportBatch, OrgUnit
from eldercare.permissions import Permission


@digest.register
def uploads(unit: OrgUnit, week: Week) -> list[Line]:
    mine = ImportBatch.objects.filter(org_unit__path__startswith=unit.path)
    written = Counter(mine.filter(**week.holds("applied_at")).values_list("ledger", flat=True))
    undone = mine.filter(**week.holds("undone_at")).count()
    if not written and not undone:
        return []
    words = [f"{ledger_of(key).label} {number} 次" for key, number in written.most_common()]
    text = f"上传写入 {sum(written.values())} 次（{'、'.join(words)}）" if words else "没有新写入的上传"
    text += f"，撤销 {undone} 次。" if undone else "。"
    return [Line("台账", text, Permission.VIEW_LEDGERS, reverse("import-list"))]
