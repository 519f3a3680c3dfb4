"""Encrypt every stored value again under the current key; the whole procedure is in ``key_rotation.py``."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eldercare.encryption_keys import VARIABLE, KeyRingError, key_ring
from eldercare.key_rotation import BATCH, Outcome, encrypted_models, keys_in_use, rotate
from eldercare.key_rotation_uploads import file_keys_in_use, line_keys_in_use, rotate_files, rotate_lines

SHOWN = 20  # primary keys per line of the report


class Command(BaseCommand):
    help = (
        "Encrypts all personal data again under the first key of ENCRYPTION_KEYS. Safe to stop and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="rows per transaction")
        parser.add_argument("--check", action="store_true", help="only say which keys are in use")

    def handle(self, *, batch: int, check: bool, **_options) -> None:
        try:
            ring = key_ring()
        except KeyRingError as error:
            raise CommandError(str(error)) from error
        if batch < 1:
            raise CommandError("--batch must be at least 1.")
        incomplete = False
        for label, run in [] if check else self.steps(batch):
            outcome = run()
            self.stdout.write(f"{label}: {outcome.rotated} rows encrypted again")
            self.report(label, outcome)
            incomplete |= not outcome.complete
        self.report_keys(list(ring.keys))
        if incomplete:
            raise CommandError(
                "Some rows are still under an old key, see above: keep that key, and run again."
            )

    def steps(self, batch: int) -> Iterator[tuple[str, Callable[[], Outcome]]]:
        """Change slips before the ledgers: see ``key_rotation_uploads.py``."""
        yield "eldercare.ImportFile", rotate_files
        yield "eldercare.ImportLine", partial(rotate_lines, batch=batch)
        for model in encrypted_models():
            yield model._meta.label, partial(rotate, model, batch=batch)

    def report(self, label: str, outcome: Outcome) -> None:
        for name, keys in outcome.unreadable.items():
            self.stderr.write(f"{label}.{name} cannot be decrypted in {listed(keys)}")
        if outcome.doubles:
            self.stderr.write(
                f"{label}: {listed(outcome.doubles)} hold a value that another row already has under the "
                "current key: merge these records, then run again."
            )

    def report_keys(self, ring: list[str]) -> None:
        used = Counter(file_keys_in_use()) + Counter(line_keys_in_use())
        for model in encrypted_models():
            used += Counter(keys_in_use(model))
        for key_id, count in sorted(used.items()):
            self.stdout.write(
                f"key {key_id}: {count} values" + ("" if key_id in ring else " (not in the ring)")
            )
        for key_id in ring[1:]:
            if key_id not in used:
                self.stdout.write(f"key {key_id}: not in use; it may be taken out of {VARIABLE}")


def listed(keys: list) -> str:
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return f"{len(keys)} row(s), primary keys " + ", ".join(map(str, keys[:SHOWN])) + more
