"""Copy the whole database into one file."""

import signal
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from eldercare import audit, backup
from eldercare.errors import Refused
from eldercare.models import AuditEvent, OrgUnit


class Command(BaseCommand):
    help = "backup FOLDER [--keep N]: the whole database in one file, read back before it is called done"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, default=0, help="remove all but the newest N copies; 0: none")

    def handle(self, *, folder: Path, keep: int, **_options) -> None:
        if keep < 0:
            raise CommandError("--keep 不能是负数。")
        # Told to stop, it takes pg_dump and the half file with it.
        usual = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            copy = backup.make(folder, keep=keep)
        except Refused as error:
            raise CommandError(str(error)) from error
        finally:
            signal.signal(signal.SIGTERM, usual)
        for unit in OrgUnit.objects.filter(parent=None):
            audit.record(
                AuditEvent.Action.EXPORT,
                by=None,
                subject="备份整个数据库",
                org_unit=unit,
                name=copy.path.name,
            )
        self.stdout.write(f"已备份到 {copy.path}（{filesizeformat(copy.size)}），并已读回核对。")
        if copy.removed:
            self.stdout.write(f"已删除较早的 {len(copy.removed)} 份。")
        self.stdout.write(
            f"备份里没有密钥。{backup.place_of_keys()} 要另存一份，与备份分开放；"
            "丢了密钥，备份里的证件号码和账号谁也读不出来。"
        )
