"""People whose number and telephone are encrypted, with history kept by triggers."""

from typing import ClassVar

import pghistory
from django.db import models

from eldercare.encryption import EncryptedField


class Reachable(models.Model):
    phone = EncryptedField("电话", max_length=30, mask="phone", blank=True)

    class Meta:
        abstract = True


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta={"ordering": ["pgh_id"]}
)
class Person(Reachable):
    name = models.CharField("姓名", max_length=40)
    id_number = EncryptedField("证件号码", max_length=30, mask="id", null=True, blank=True)

    class Meta:
        verbose_name = "老年人"
        verbose_name_plural = "老年人"
        constraints: ClassVar = [models.UniqueConstraint(fields=["id_number"], name="person_id_number_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.id_number}"


class Payee(Reachable):
    account = EncryptedField("银行账号", max_length=30, mask="card")

    class Meta:
        verbose_name = "收款人"
        verbose_name_plural = "收款人"

    def __str__(self) -> str:
        return str(self.account)
