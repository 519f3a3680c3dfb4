"""Encrypt every stored value again under the current key; the whole procedure is in ``key_rotation.py``."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eldercare.encryption_keys import VARIABLE, KeyRingError, key_ring
from eldercare.key_rotation import BATCH, Outcome, encrypted_models, keys_in_use, rotate

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
        for model in [] if check else encrypted_models():
            outcome = rotate(model, batch=batch)
            self.stdout.write(f"{model._meta.label}: {outcome.rotated} rows encrypted again")
            self.report(model._meta.label, outcome)
            incomplete |= not outcome.complete
        self.report_keys(list(ring.keys))
        if incomplete:
            raise CommandError(
                "Some rows are still under an old key, see above: keep that key, and run again."
            )

    def report(self, label: str, outcome: Outcome) -> None:
        for name, keys in outcome.unreadable.items():
            self.stderr.write(f"{label}.{name} cannot be decrypted in {listed(keys)}")
        if outcome.doubles:
            self.stderr.write(
                f"{label}: {listed(outcome.doubles)} hold a value that another row already has under the "
                "current key: merge these records, then run again."
            )

    def report_keys(self, ring: list[str]) -> None:
        used: dict[str, int] = {}
        for model in encrypted_models():
            for key_id, count in keys_in_use(model).items():
                used[key_id] = used.get(key_id, 0) + count
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
