"""Numbers of the ledgers that can be shown in full, with a reason. Imported by ``apps.py``."""

from collections.abc import Callable

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from eldercare import reveal
from facilities.models import Caregiver, Facility, Stay, WaitingEntry


def _page(*names: str) -> Callable[[Model], str]:
    """The first of the pages that there is; one with a number in its address gets that of the row."""

    def back(thing: Model) -> str:
        for name in names:
            for arguments in ([thing.pk], []):
                try:
                    return reverse(name, args=arguments)
                except NoReverseMatch:
                    continue
        return reverse("home")

    return back


reveal.register("caregiver", Caregiver, fields=("id_number", "phone"), back=_page("caregiver-detail"))
reveal.register("facility", Facility, fields=("phone",), back=_page("facility-detail", "facility-list"))
reveal.register("stay", Stay, fields=("id_number",), back=_page("stay-detail", "stay-list"))
reveal.register(
    "waiting", WaitingEntry, fields=("id_number", "phone"), back=_page("waiting-detail", "waiting-list")
)
