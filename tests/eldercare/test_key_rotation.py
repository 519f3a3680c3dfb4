"""Changing the key over a table with history: complete, resumable, silent about values."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from eldercare.encryption_keys import DecryptionError
from eldercare.errors import Refused
from eldercare.identity import synthetic_id
from eldercare.key_rotation import encrypted_models, keys_in_use, require_rotated, rotate
from eldercare.management.commands.rotate_keys import listed
from tests.eldercare.test_encryption import (
    NEW,
    NUMBER,
    OLD,
    OTHER,
    PHONE,
    register,
    shows_nothing,
    stored,
    use_keys,
)

__all__ = ["register", "use_keys"]  # fixtures


def numbers(count: int) -> list[str]:
    return [synthetic_id(dt.date(1940, 1, 1) + dt.timedelta(days=day), 10 + day % 80) for day in range(count)]


@pytest.fixture
def people(register):
    return [
        register.Person.objects.create(name=f"甲{place}", id_number=number, phone=PHONE if place % 2 else "")
        for place, number in enumerate(numbers(25))
    ]


def run(*arguments: str) -> tuple[str, str]:
    """What the command says, and what it warns of; neither may hold a value."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("rotate_keys", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
    assert shows_nothing(out.getvalue() + err.getvalue())
    return out.getvalue(), err.getvalue()


def test_every_table_is_found_history_included(register):
    assert {model.__name__ for model in encrypted_models()} >= {"Person", "Payee", "PersonEvent"}


def test_all_values_are_under_the_new_key_and_read_the_same(register, people, use_keys):
    history = register.Person.pgh_event_model
    events = list(history.objects.order_by("pgh_id").values("pgh_id", "pgh_label", "id_number", "phone"))
    use_keys(NEW, OLD)
    out, err = run("--batch", "7")
    assert err == ""
    assert "encrypted.Person: 25 rows encrypted again" in out
    assert "encrypted.PersonEvent: 25 rows encrypted again" in out
    assert "key old: not in use" in out
    assert keys_in_use(register.Person) == keys_in_use(history) == {"new": 37}
    use_keys(NEW)
    assert [each.id_number for each in register.Person.objects.order_by("pk")] == numbers(25)
    assert (
        list(history.objects.order_by("pgh_id").values("pgh_id", "pgh_label", "id_number", "phone")) == events
    )


def test_history_is_still_closed_afterwards(register, people, use_keys):
    use_keys(NEW, OLD)
    run()
    with pytest.raises(Exception, match="Cannot update"):
        register.Person.pgh_event_model.objects.update(name="改")


def test_changes_after_a_rotation_are_recorded_again(register, people, use_keys):
    use_keys(NEW, OLD)
    run()
    people[0].name = "改"
    people[0].save()
    assert register.Person.pgh_event_model.objects.filter(pgh_obj=people[0]).count() == 2


def test_a_second_run_does_nothing(register, people, use_keys):
    use_keys(NEW, OLD)
    rotate(register.Person)
    before = stored(register.Person)
    assert rotate(register.Person).rotated == 0
    assert stored(register.Person) == before


def test_a_killed_run_is_continued(register, people, use_keys):
    use_keys(NEW, OLD)

    def die(rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(register.Person, batch=10, on_batch=die)
    assert [value.partition(":")[0] for value in stored(register.Person)].count("new") == 10
    assert rotate(register.Person, batch=10).rotated == 15


def test_values_written_under_the_old_key_meanwhile_are_taken_too(register, people, use_keys):
    """A worker that still has the old order of keys writes while the table is gone through."""
    late = []

    def write_once(rows: int) -> None:
        if not late:
            use_keys(OLD, NEW)
            late.append(register.Person.objects.create(name="迟", id_number=OTHER))
            register.Person.objects.filter(pk=people[0].pk).update(phone=PHONE)
            use_keys(NEW, OLD)

    use_keys(NEW, OLD)
    rotate(register.Person, batch=10, on_batch=write_once)
    assert set(keys_in_use(register.Person)) == {"new"}


def test_a_damaged_value_is_named_and_the_rest_goes_on(register, people, use_keys):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE encrypted_person SET phone = 'old:' || repeat('A', 40) WHERE id = %s", [people[3].pk]
        )
    use_keys(NEW, OLD)
    _, err = run()
    assert f"encrypted.Person.phone cannot be decrypted in 1 row(s), primary keys {people[3].pk}" in err
    assert "keep that key" in err
    assert keys_in_use(register.Person)["old"] == 1
    assert register.Person.objects.defer("phone").get(pk=people[3].pk).id_number == numbers(4)[3]
    with pytest.raises(DecryptionError):
        register.Person.objects.get(pk=people[3].pk)


def test_one_number_under_two_keys_is_found_and_left_to_a_person(register, people, use_keys):
    """What the unique constraint cannot see until the rotation, it refuses then."""
    use_keys(NEW, OLD)
    double = register.Person.objects.create(name="重", id_number=numbers(6)[5])
    _, err = run("--batch", "10")
    assert f"encrypted.Person: 1 row(s), primary keys {people[5].pk} hold a value that another row" in err
    assert keys_in_use(register.Person)["old"] == 2  # number and telephone of the one row
    double.delete()
    _, err = run()
    assert "encrypted.Person:" not in err
    assert set(keys_in_use(register.Person)) == {"new"}


def test_bulk_comparisons_wait_for_the_rotation(register, people, use_keys):
    require_rotated(register.Person)
    use_keys(NEW, OLD)
    require_rotated(register.Payee)
    with pytest.raises(Refused, match="正在更换加密密钥"):
        require_rotated(register.Payee, register.Person)
    rotate(register.Person)
    require_rotated(register.Payee, register.Person)


def test_a_check_changes_nothing(register, people, use_keys):
    register.Payee.objects.create(account=NUMBER)
    use_keys(NEW, OLD)
    before = stored(register.Person)
    out, _ = run("--check")
    assert "key old: 75 values" in out
    assert "may be taken out" not in out
    assert stored(register.Person) == before


def test_wrong_use_is_refused_in_a_sentence(register, monkeypatch, use_keys):
    assert "--batch must be at least 1" in run("--batch", "0")[1]
    use_keys("k1:nonsense")
    assert "ENCRYPTION_KEYS, entry 1" in run()[1]


def test_long_lists_of_rows_are_shortened():
    assert listed(list(range(25))).endswith("19 and 5 more")
