"""Take an applied upload back."""

import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eldercare.errors import Refused
from eldercare.excel.undoing import undo
from eldercare.management.commands.import_ledger import user_named
from eldercare.models import ImportBatch


class Command(BaseCommand):
    help = "undo_import ID --user NAME --reason TEXT [--leave-changed]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int)
        parser.add_argument("--user", required=True)
        parser.add_argument("--reason", required=True)
        parser.add_argument("--leave-changed", action="store_true", help="keep rows that were changed since")

    def handle(self, *args, **options) -> None:
        user = user_named(options["user"])
        batch = ImportBatch.objects.visible_to(user).filter(pk=options["id"]).first()
        if batch is None:
            raise CommandError(f"没有编号为 {options['id']} 的上传。")
        try:
            left = undo(batch, by=user, reason=options["reason"], leave_changed=options["leave_changed"])
        except Refused as error:
            raise CommandError(str(error)) from error
        batch.refresh_from_db()
        self.stdout.write(
            json.dumps(
                {"import_id": batch.pk, "status": batch.status, "left": left}, ensure_ascii=False, indent=2
            )
        )
