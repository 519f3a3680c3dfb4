"""Encrypted fields in a real table with history: what is stored, found, shown, copied and refused."""

import base64
import copy
import io
import logging
import pickle
import sys

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import F, OuterRef, Subquery
from django.forms import modelform_factory
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import isolate_apps
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from eldercare.encryption import Confidential, EncryptedField, decrypt_many, encrypt_many, encrypted_fields
from eldercare.encryption_keys import DecryptionError, key_ring
from tests.eldercare import encrypted

NUMBER = "338024194001011234"
OTHER = "338024195002022345"
PHONE = "13812345678"
SECRETS = (NUMBER, OTHER, PHONE)
OLD = "old:" + base64.b64encode(bytes(range(64))).decode()
NEW = "new:" + base64.b64encode(bytes(range(100, 164))).decode()


@pytest.fixture
def use_keys(monkeypatch):
    """``use_keys(NEW, OLD)``: what a restart with these ENCRYPTION_KEYS would bring."""

    def use(*entries: str) -> None:
        monkeypatch.setenv("ENCRYPTION_KEYS", ",".join(entries))
        key_ring.cache_clear()

    use(OLD)
    yield use
    key_ring.cache_clear()


@pytest.fixture
def register(db, use_keys):
    with encrypted.installed() as module:
        yield module


@pytest.fixture
def person(register):
    return register.Person.objects.create(name="顾云舟", id_number=NUMBER, phone=PHONE)


def table(model) -> str:
    """All that the table holds, as PostgreSQL writes it."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')  # noqa: S608
        return "\n".join(row for (row,) in cursor.fetchall())


def stored(model, column: str = "id_number") -> list[str | None]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {column} FROM "{model._meta.db_table}" ORDER BY 1')  # noqa: S608
        return [value for (value,) in cursor.fetchall()]


def shows_nothing(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


# --- Stored and found -------------------------------------------------------------------------------------


def test_table_and_history_hold_ciphertext_only(register, person):
    person.id_number = OTHER
    person.save()
    history = register.Person.pgh_event_model
    person_events = list(history.objects.values_list("pgh_label", "id_number"))
    person.delete()
    assert table(history).count("old:") == 6
    assert shows_nothing(table(history))
    assert person_events == [("insert", NUMBER), ("update", OTHER)]
    assert history.objects.get(pgh_label="delete").phone == PHONE


def test_history_keeps_the_very_bytes_of_the_row(register, person):
    assert stored(register.Person) == stored(register.Person.pgh_event_model)
    assert (
        register.Person.pgh_event_model._meta.get_field("id_number").context == "encrypted.Person.id_number"
    )


def test_equality_look_ups_find_the_row(register, person):
    people = register.Person.objects
    people.create(name="朱若溪", id_number=None)
    assert people.get(id_number=NUMBER) == person
    assert people.get(id_number__in=[OTHER, NUMBER, None]) == person
    assert people.get(id_number__in=(each for each in [NUMBER])) == person
    assert not people.filter(id_number__in=[]).exists()
    assert people.get(id_number=None).name == "朱若溪"
    assert people.exclude(id_number=NUMBER).get().name == "朱若溪"
    assert people.exclude(id_number__isnull=True).get() == person
    assert people.get_or_create(id_number=NUMBER, defaults={"name": "重"})[1] is False
    assert people.filter(id_number=F("id_number")).get() == person
    same = people.filter(id_number=OuterRef("id_number")).values("name")
    assert people.annotate(same=Subquery(same)).get(pk=person.pk).same == "顾云舟"
    assert people.filter(id_number__in=people.values("id_number")).get() == person


def test_look_ups_cover_rows_under_every_key(register, person, use_keys):
    use_keys(NEW, OLD)
    people = register.Person.objects
    people.create(name="朱若溪", id_number=OTHER)
    assert {value.partition(":")[0] for value in stored(register.Person)} == {"old", "new"}
    assert people.get(id_number=NUMBER) == person
    assert people.filter(id_number__in=[NUMBER, OTHER]).count() == 2
    assert sorted(people.values_list("id_number", flat=True)) == [NUMBER, OTHER]
    with pytest.raises(ValidationError, match="证件号码"):
        register.Person(name="重", id_number=NUMBER).full_clean()


@pytest.mark.parametrize("lookup", ["contains", "startswith", "gt", "regex", "iexact", "lower"])
def test_other_look_ups_are_refused(register, lookup):
    with pytest.raises(FieldError, match=r"encrypted\.Person\.id_number is encrypted"):
        register.Person.objects.filter(**{f"id_number__{lookup}": "33"})


@pytest.mark.parametrize("value", [338024194001011234, 3.38e17, b"338024194001011234"])
def test_only_text_is_saved_and_sought(register, value):
    with pytest.raises(TypeError, match="holds text"):
        register.Person.objects.create(name="顾云舟", id_number=value)
    with pytest.raises(TypeError, match="holds text"):
        register.Person.objects.filter(id_number=value)


def test_empty_and_missing_stay_what_they_are(register):
    register.Person.objects.create(name="顾云舟", id_number=None, phone="")
    assert stored(register.Person) == [None]
    assert stored(register.Person, "phone") == [""]
    assert register.Person.objects.get(phone="").id_number is None


def test_a_number_is_there_once_and_the_constraint_says_its_name(register, person):
    with pytest.raises(IntegrityError, match="person_id_number_once") as caught, transaction.atomic():
        register.Person.objects.create(name="重", id_number=NUMBER)
    assert shows_nothing(str(caught.value))


def test_bulk_writes_encrypt(register, person):
    people = register.Person.objects
    people.bulk_create([register.Person(name="朱若溪", id_number=OTHER)])
    other = people.get(id_number=OTHER)
    other.phone = PHONE
    people.bulk_update([other], ["phone"])
    people.filter(pk=person.pk).update(phone="0573-86012345")
    assert shows_nothing(table(register.Person))
    assert people.get(phone=PHONE) == other
    assert people.get(phone="0573-86012345") == person


def test_copy_takes_what_encrypt_many_gives(register):
    field = register.Person._meta.get_field("id_number")
    values = encrypt_many(field, [NUMBER, None, OTHER])
    assert decrypt_many(field, values) == [NUMBER, None, OTHER]
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY encrypted_person (name, id_number, phone) FROM STDIN") as rows,
    ):
        for value in values:
            rows.write_row(["甲", value, ""])
    assert set(register.Person.objects.values_list("id_number", flat=True)) == {NUMBER, None, OTHER}


def test_the_database_refuses_plain_text(register, person):
    with (
        pytest.raises(IntegrityError, match="encrypted_person_id_number_check"),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE encrypted_person SET id_number = %s", [NUMBER])


@pytest.mark.parametrize(
    "change", ["reverse(id_number)", "phone", "left(id_number, -4) || 'AAA='", "'old:' || repeat('A', 40)"]
)
def test_a_damaged_or_moved_value_is_an_error_and_no_text(register, person, change):
    with connection.cursor() as cursor:
        if "reverse" in change:
            change = "'old:' || reverse(substr(id_number, 5))"
        cursor.execute(f"UPDATE encrypted_person SET id_number = {change}")  # noqa: S608
    with pytest.raises(DecryptionError, match=r"encrypted\.Person\.id_number") as caught:
        register.Person.objects.get()
    assert shows_nothing(str(caught.value))
    assert register.Person.objects.defer("id_number").get().phone == PHONE


def test_without_the_key_nothing_can_be_read(register, person, use_keys):
    use_keys(NEW)
    with pytest.raises(DecryptionError, match="'old', which is not in ENCRYPTION_KEYS"):
        register.Person.objects.get()
    assert not register.Person.objects.filter(id_number=NUMBER).exists()


# --- Shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fresh", [True, False])
def test_a_value_shows_itself_masked_only(register, person, fresh):
    if fresh:
        person = register.Person.objects.get()
    number = person.id_number
    assert number == NUMBER
    assert number[:6] == "338024"
    assert type(number.reveal()) is str
    assert number.reveal() == NUMBER
    for text in (str(number), f"{number}", f"{number:>20}", "%s" % number, "{}".format(number)):  # noqa: UP031, UP032
        assert text.strip() == "338024********1234"
    assert str(person) == "顾云舟 338024********1234"
    for text in (
        repr(number),
        repr([number]),
        repr(person),
        repr(person.__dict__),
        repr(register.Person.objects.all()),
    ):
        assert shows_nothing(text)


def test_whatever_text_is_assigned_is_masked_as_its_column_asks(register, person):
    payee = register.Payee(account=person.id_number, phone=SafeString(PHONE))
    assert (str(payee.account), str(payee.phone)) == ("**************1234", "138****5678")
    assert (payee.account, payee.phone) == (NUMBER, PHONE)
    payee.save()
    assert register.Payee.objects.get(account=NUMBER, phone=PHONE) == payee


def test_templates_show_the_mask_and_cannot_reveal(person):
    html = "{{ p.id_number }} {{ p.phone|default:'-' }} [{{ p.id_number.reveal }}] {{ p }}"
    text = Template(html).render(Context({"p": person}))
    assert text == "338024********1234 138****5678 [] 顾云舟 338024********1234"


def test_the_error_page_of_a_developer_shows_no_value(person, settings):
    settings.DEBUG = True

    def fail(someone, number):
        everything = [someone.__dict__, {"number": number}]
        raise RuntimeError(f"{number} {everything}")

    try:
        fail(person, person.id_number)
    except RuntimeError:
        reporter = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info())
    page = reporter.get_traceback_html() + reporter.get_traceback_text()
    assert "everything" in page
    assert "338024********1234" in page
    assert shows_nothing(page)


def test_pickles_are_encrypted_and_copies_equal(register, person):
    data = pickle.dumps(register.Person.objects.get())
    assert not any(secret.encode() in data for secret in SECRETS)
    again = pickle.loads(data)  # noqa: S301
    assert (again.id_number, again.phone) == (NUMBER, PHONE)
    assert isinstance(again.id_number, Confidential)
    assert copy.deepcopy(person).id_number == NUMBER
    assert copy.copy(person.id_number) is person.id_number


def test_logs_of_statements_hold_no_value(register, caplog, settings):
    settings.DEBUG = True
    with caplog.at_level(logging.DEBUG, logger="django.db.backends"):
        someone = register.Person.objects.create(name="顾云舟", id_number=NUMBER, phone=PHONE)
        list(register.Person.objects.filter(id_number=NUMBER, phone__in=[PHONE]))
        someone.save()
        logging.getLogger("x").info("saved %s %r", someone.id_number, someone)
    assert "INSERT INTO" in caplog.text
    assert shows_nothing(caplog.text)
    assert shows_nothing(str(register.Person.objects.filter(id_number=NUMBER).query))


# --- Forms ------------------------------------------------------------------------------------------------


def form_with(register, person, **data):
    form_class = modelform_factory(register.Person, fields=["name", "id_number", "phone"])
    return form_class(data or None, instance=person)


def test_a_form_shows_masks_and_what_comes_back_unchanged_stays(register, person):
    person = register.Person.objects.get()
    page = str(form_with(register, person))
    assert "338024********1234" in page
    assert shows_nothing(page)
    form = form_with(register, person, name="顾云舟", id_number=" 338024********1234", phone="138****5678")
    assert form.is_valid(), form.errors
    assert form.changed_data == []
    form.save()
    assert register.Person.objects.get(id_number=NUMBER).phone == PHONE


def test_a_form_takes_a_new_value_and_no_other_mask(register, person):
    form = form_with(register, person, name="顾云舟", id_number=OTHER, phone="139****5678")
    assert list(form.errors) == ["phone"]
    assert "脱敏" in form.errors["phone"][0]
    form = form_with(register, register.Person.objects.get(), name="顾云舟", id_number=OTHER, phone="")
    assert form.is_valid(), form.errors
    assert form.changed_data == ["id_number", "phone"]
    form.save()
    assert register.Person.objects.get(id_number=OTHER).phone == ""


def test_a_mask_is_never_saved(register, person):
    person.phone = str(person.phone)
    with pytest.raises(ValueError, match="masked text"):
        person.save()
    with pytest.raises(ValueError, match="masked text"):
        register.Person.objects.update(phone="138****5678")


# --- Dumps, migrations, checks ----------------------------------------------------------------------------


def test_a_dump_is_encrypted_and_not_loaded(register, person):
    out = io.StringIO()
    call_command("dumpdata", "encrypted.Person", stdout=out)
    assert '"encrypted:old:' in out.getvalue()
    assert shows_nothing(out.getvalue())
    with pytest.raises(serializers.base.DeserializationError, match="数据库备份"):
        list(serializers.deserialize("json", out.getvalue()))


def test_the_column_a_value_belongs_to_is_written_into_migrations(register):
    for model, column in ((register.Person, "phone"), (register.Payee, "phone"), (register.Payee, "account")):
        field = model._meta.get_field(column)
        assert field.context == f"{model._meta.label}.{column}"
        assert field.clone().context == field.context
    text, imports = MigrationWriter.serialize(register.Payee._meta.get_field("account"))
    assert text.startswith(
        "eldercare.encryption.EncryptedField(context='encrypted.Payee.account', mask='card'"
    )
    assert "import eldercare.encryption" in imports


@isolate_apps("eldercare")
def test_a_renamed_field_keeps_its_values_with_the_old_context():
    class Renamed(models.Model):  # noqa: DJ008
        number = EncryptedField(max_length=30, context="encrypted.Person.id_number")

        class Meta:
            app_label = "eldercare"

    assert Renamed._meta.get_field("number").context == "encrypted.Person.id_number"
    assert [each.name for each in encrypted_fields(Renamed)] == ["number"]


@isolate_apps("eldercare")
def test_an_index_that_nothing_can_use_is_found_by_the_system_check():
    class Indexed(models.Model):  # noqa: DJ008
        first = EncryptedField(max_length=30, unique=True)
        second = EncryptedField(max_length=30, db_index=True)
        third = EncryptedField(max_length=30)

        class Meta:
            app_label = "eldercare"

    found = [(each.obj.name, each.id) for each in Indexed.check()]
    assert found == [("first", "eldercare.E001"), ("second", "eldercare.E001")]


def test_an_unknown_mask_is_refused():
    with pytest.raises(ValueError, match="mask must be one of"):
        EncryptedField(max_length=30, mask="passport")
