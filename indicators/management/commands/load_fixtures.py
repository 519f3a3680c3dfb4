"""``manage.py load_fixtures``: organisation units, metrics and plans."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.fixtures import known_places, load_all


class Command(BaseCommand):
    help = "Load the reference data: inserts what is missing, leaves what exists as the county has edited it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--overwrite", action="store_true", help="put existing rows back to what the fixtures say"
        )

        parser.add_argument(
            "--place",
            action="append",
            choices=known_places(),
            help="only this place with its plan (may be repeated); else those of PLACES, else all",
        )

    def handle(self, *args: Any, overwrite: bool, place: list[str] | None, **options: Any) -> None:
        places = place or os.environ.get("PLACES", "").split() or None
        if unknown := set(places or []) - set(known_places()):
            raise CommandError(
                f"PLACES 中没有这些地方：{'、'.join(sorted(unknown))}；可写：{'、'.join(known_places())}。"
            )
        for count in load_all(overwrite=overwrite, places=places):
            self.stdout.write(str(count))
