"""Numbers of the register that can be shown in full, with a reason. Imported by ``apps.py``."""

from django.db.models import Model
from django.urls import reverse

from eldercare import reveal
from subsidies.models import Elder, HouseholdHead, Payee


def _person(thing: Model) -> str:
    """The page of the elder; a payee may be a caregiver's or a facility's."""
    elder = thing.pk if isinstance(thing, Elder) else thing.elder_id
    return reverse("elder-detail", args=[elder]) if elder else reverse("home")


reveal.register("elder", Elder, fields=("id_number", "phone", "contact_phone"), back=_person)
reveal.register("payee", Payee, fields=("id_number", "phone", "account"), back=_person)
reveal.register("household-head", HouseholdHead, fields=("id_number", "account"), back=_person)
