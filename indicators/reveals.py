"""Numbers of registers that can be shown in full, with a reason. Imported by ``apps.py``."""

from django.urls import reverse

from eldercare import reveal
from indicators.models import RegisterRow

reveal.register(
    "register",
    RegisterRow,
    fields=("id_1", "id_2", "phone_1", "phone_2"),
    back=lambda row: reverse("register-row", args=[row.pk]),
)
