"""Fill an empty database from a copy."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from eldercare import audit, backup
from eldercare.encryption_keys import KeyRingError, key_ring
from eldercare.errors import Refused
from eldercare.models import AuditEvent, OrgUnit

SHOWN = 5


class Command(BaseCommand):
    help = "restore FILE: a copy made by `manage.py backup` into an empty database, as a whole or not at all"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options) -> None:
        try:
            key_ring()
            backup.restore(file)
        except (Refused, KeyRingError) as error:
            raise CommandError(str(error)) from error
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("备份出自较早的版本，正在把表结构升级到现在的版本……")
            call_command("migrate", interactive=False, verbosity=0)
        for unit in OrgUnit.objects.filter(parent=None):
            audit.record(
                AuditEvent.Action.IMPORT, by=None, subject="从备份恢复数据库", org_unit=unit, name=file.name
            )
        self.stdout.write(f"已从 {file} 恢复。所有人需要重新登录。")
        if missing := backup.unreadable():
            more = f" 等 {len(missing)} 处" if len(missing) > SHOWN else ""
            raise CommandError(
                f"数据已恢复，但 {backup.place_of_keys()} 里的密钥读不出：{'、'.join(missing[:SHOWN])}{more}。"
                "请放回做备份时的密钥，再启动。"
            )
        self.stdout.write("证件号码、账号和上传的文件都能用现有的密钥读出。")
