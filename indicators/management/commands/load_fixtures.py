"""``manage.py load_fixtures``: organisation units, metrics and plans."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from indicators.fixtures import load_all


class Command(BaseCommand):
    help = "Load the reference data: inserts what is missing, leaves what exists as the county has edited it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--overwrite", action="store_true", help="put existing rows back to what the fixtures say"
        )

    def handle(self, *args: Any, overwrite: bool, **options: Any) -> None:
        for count in load_all(overwrite=overwrite):
            self.stdout.write(str(count))
