"""No full identity number, account or telephone number leaves the portal, except where it is asked for.

Every address that can be opened is opened by everybody who may, with everything it leads to for download. The
numbers looked for are those of every encrypted column of the database, and those of the uploaded sheets.
"""

import datetime as dt
import html
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eldercare import ledger_metrics
from eldercare.encryption import EncryptedField
from eldercare.excel.ledgers import all_ledgers
from eldercare.models import AuditEvent
from indicators.models import Metric
from subsidies.models import Batch, Elder, Enrolment, HouseholdHead, ListedPerson, Payee, PublicNotice
from tests.conftest import make_cast, person_maker
from tests.indicators.factories import make_metric
from tests.numbering import numbers
from tests.outsider import EVERYBODY, World
from tests.subsidies.batches import MAY, made, make_register, returned, rows_of, sent
from tests.subsidies.factories import make_elder, make_enrolment, make_payee, make_programme
from tests.subsidies.uploads import apply, lost_digits, number_of, sheet
from tests.test_outsider_matrix import ROWS, prepared_world, read_definitions_again

pytestmark = pytest.mark.django_db
SHORTEST = 7  # digits; a shorter text is no number of a person

# The addresses that give full numbers, and why; whoever is given them is in the log.
MEANT = {
    "import-file": "the sheet as the user brought it",
    "import-receipt": "the user's own sheet with its errors marked",
    "import-template": "filled with what is there, to be corrected and uploaded again",
}
NUMBERS = (number_of(401), number_of(403), "13800007001", "6228480000000007019")


# --- Looking for numbers ---------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Without what may stand between the digits of a number."""
    return re.sub(r"[\s\-\u200b\u00a0]", "", html.unescape(text)).upper()


def numbers_of_the_register() -> set[str]:
    found = set(NUMBERS)
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, EncryptedField):
                values = model._base_manager.exclude(**{field.name: None}).values_list(field.name, flat=True)
                found |= {str.__str__(value) for value in values}
    return {plain(each) for each in found if len(plain(each)) >= SHORTEST}


def readable(content: bytes) -> str:
    """The text of an answer; of a workbook, that of all its parts."""
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())


def leaks(text: str, numbers: set[str]) -> list[str]:
    searched = plain(text)
    return [f"{each[:3]}…{each[-2:]}" for each in numbers if each in searched]


def content_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("written", ["{}", "电话{}。", "{0[0]}{0[1]} {0[2]}-{0[3]}"])
def test_the_search_finds_what_it_looks_for(written):
    number = number_of(405)
    parts = (number[:3], number[3:6], number[6:14], number[14:])
    text = written.format(parts if "[" in written else number)
    assert leaks(f"<td>{text}</td>", {number})
    assert leaks(json.dumps({"note": text}), {number})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{text}</t>")
    assert leaks(readable(file.getvalue()), {number})
    assert not leaks("330424********1234", {number})


# --- A register full of numbers --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def prepared(module_db, password_hash) -> World:
    world = prepared_world(make_cast(person_maker(password_hash)))
    _payments(world)
    for elder in Elder.objects.all():
        _number_everything(elder)
    _uploads(world)
    missing = ledger_metrics.codes() - set(Metric.objects.values_list("code", flat=True))
    for place, code in enumerate(sorted(missing)):
        make_metric(code, catalogue_code=f"L{place}")
    return world


@pytest.fixture
def world(prepared, db) -> World:
    read_definitions_again()
    return prepared


def _number_everything(elder: Elder) -> None:
    Elder.objects.filter(pk=elder.pk).update(phone=_phone(), contact_phone=_phone())
    if not elder.payees.exists():
        make_payee(elder)
    own = number_of(501 + 2 * (elder.pk % 200))
    Payee.objects.filter(elder=elder).update(id_number=own, phone=_phone())
    HouseholdHead.objects.get_or_create(
        elder=elder,
        defaults={
            "relation": "长子",
            "name": "沈大明",
            "id_number": own,
            "account": f"622848{numbers.next():013d}",
        },
    )


def _phone() -> str:
    return f"138{numbers.next():08d}"


def _payments(world: World) -> None:
    """A batch with a return, a batch with findings, people on a notice of today."""
    cast = world.cast
    programme, _ = make_register(cast)
    batch, rows = sent(programme, MAY, cast)
    world.things["return"] = returned(rows, failed={"1": "账户已销户"})
    world.things["sent"] = batch
    other, enrolments = make_register(cast, people=2, other=1, name="另一项目")
    dead = enrolments[0].elder
    ListedPerson.objects.create(
        org_unit=cast.county, kind="death", id_number=dead.id_number, name=dead.name, source="殡仪馆"
    )
    account = enrolments[1].elder.payees.get().account
    enrolments[2].elder.payees.update(account=account)
    world.things["found"] = made(other, MAY, cast.county_clerk)
    assert world.things["found"].findings.count() > 1
    noticed = make_programme(cast.county, name="公示项目")
    today = timezone.localdate()
    notice = PublicNotice.objects.create(
        programme=noticed,
        org_unit=cast.township,
        starts_on=today,
        ends_on=today + dt.timedelta(days=7),
        published_by=cast.township_clerk,
    )
    elder = make_elder(cast.township, "欧阳明月")
    notice.enrolments.add(make_enrolment(noticed, elder, state=Enrolment.State.ON_NOTICE, approved_on=None))
    world.things["open_notice"] = notice


def _uploads(world: World) -> None:
    """Read and written, read only, and with numbers that are wrong."""
    clerk = world.cast.township_clerk
    headings = ("姓名", "身份证号", "联系电话", "备注")
    right = ("陆大有", NUMBERS[0], NUMBERS[2], "")
    wrong = ("陆大有", NUMBERS[1][:-1] + ("1" if NUMBERS[1][-1] != "1" else "2"), NUMBERS[2] + "9", "")
    world.things["applied"] = apply(sheet("elders", headings, right, by=clerk))
    lines = (
        (*right[:3], "改了备注"),
        wrong,
        ("陆二有", lost_digits(NUMBERS[1]), "", ""),
        ("陆三有", number_of(407), "", f"女儿证件{NUMBERS[1]}"),  # refused: notes are shown as they are
        right,
    )
    world.things["read"] = sheet("elders", headings, *lines, by=clerk)
    payees = ("姓名", "身份证号", "收款人", "开户银行", "银行账号")
    row = ("陆大有", NUMBERS[0], "陆大有", "测试农村商业银行", NUMBERS[3])
    world.things["payees"] = sheet("payees", payees, row, by=clerk)


def test_a_number_in_a_note_would_be_found(world, enter):
    """Past the forms, which refuse it."""
    number = number_of(405)
    elder = make_elder(world.cast.township, "沈阿福", note=f"女儿证件{number}")
    page = enter(world.cast.county_clerk).get(reverse("elder-detail", args=[elder.pk]))
    assert leaks(readable(content_of(page)), {plain(number)})


# --- Every address ---------------------------------------------------------------------------------------------


def addresses(world: World, identity: str) -> Iterator[tuple[str, str]]:
    """(name, address) of what the person may open, those of the outsider table first."""
    for name, row in ROWS.items():
        if identity in row.allowed and "GET" in row.methods:
            for target in row.targets:
                if identity not in target.hidden_from:
                    yield name, reverse(name, kwargs=target.arguments(world)) + target.query
    more: list[tuple[str, dict]] = []
    for batch in ("sent", "found"):
        pk = {"pk": world.things[batch].pk}
        more += [(name, pk) for name in ("batch-detail", "batch-lines", "batch-findings")]
        more += [("batch-identity", pk | {"term": term}) for term in ("begun", "stopped", "changed")]
    more += [("import-detail", {"pk": world.things[each].pk}) for each in ("applied", "read", "payees")]
    more += [("public-notice-detail", {"pk": world.things["open_notice"].pk})]
    more += [
        (name, {"pk": pk})
        for pk in Elder.objects.filter(org_unit=world.cast.township).values_list("pk", flat=True)
        for name in ("elder-detail", "elder-edit", "elder-household", "payment-statement", "payee-create")
    ]
    more += [("payee-edit", {"pk": pk}) for pk in Payee.objects.values_list("pk", flat=True)]
    month = timezone.localdate().replace(day=1)
    more += [
        ("ledger-rows", {"code": code, "unit": unit.code, "month": month})
        for code in sorted(ledger_metrics.codes())
        for unit in (world.cast.township, world.cast.county)
    ]
    for name, arguments in more:
        if identity in ROWS[name].allowed:
            yield name, reverse(name, kwargs=arguments)


def walk(client: Client, todo: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str, str, int]]:
    """(name, address, text, status) of every answer, and of the downloads that a page offers."""
    seen = set()
    for name, address in todo:
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        text = readable(content_of(answer))
        yield name, address, text + str(dict(answer.headers)), answer.status_code
        links = (html.unescape(each) for each in re.findall(r'href="([^"]*[?&]export=[^"]*)"', text))
        for link in links:
            target = link if link.startswith("/") else address.partition("?")[0] + link
            if target not in seen:
                seen.add(target)
                file = client.get(target)
                yield name, target, readable(content_of(file)) + str(dict(file.headers)), file.status_code


@pytest.mark.parametrize("identity", sorted(EVERYBODY))
def test_no_page_and_no_download_gives_a_full_number(world, enter, identity, caplog):
    caplog.set_level(logging.DEBUG)
    numbers = numbers_of_the_register()
    assert len(numbers) > 100
    client = enter(world.cast.everybody[identity])
    wrong, opened, downloads = [], 0, 0
    for name, address, text, status in walk(client, addresses(world, identity)):
        opened += status == 200
        downloads += "export=" in address and status == 200
        if name not in MEANT and (found := leaks(text, numbers)):
            wrong.append(f"{name} {address}: {', '.join(found)}")
    assert wrong == []
    assert opened > (100 if identity in {"township_clerk", "county_clerk"} else 4)
    assert downloads > 5 or identity in {"administrator", "auditor", "department_clerk"}
    assert leaks(caplog.text, numbers) == []
    assert leaks(_whole_database(), numbers) == []


def test_a_leader_sees_figures_and_not_people(world, enter):
    names = set(Elder.objects.values_list("name", flat=True)) | {"沈大明"}
    wrong = []
    for name, address, text, _ in walk(enter(world.cast.leader), addresses(world, "leader")):
        if found := [each for each in names if each in text]:
            wrong.append(f"{name} {address}: {found[:3]}")
    assert "\n".join(wrong) == ""


def test_a_notice_hides_part_of_the_name(world, enter):
    address = reverse("public-notice-detail", args=[world.things["open_notice"].pk])
    for user in (world.cast.township_clerk, world.cast.county_clerk, world.cast.county_reviewer):
        page = enter(user).get(address).content.decode()
        assert "欧**月" in page
        assert "欧阳" not in page.replace("欧**月", "")


# --- What is sent, and what is meant ---------------------------------------------------------------------------


def test_looking_for_a_number_does_not_put_it_into_an_address(world, enter, caplog):
    caplog.set_level(logging.DEBUG)
    clerk, wanted = enter(world.cast.county_clerk), Elder.objects.get(name="陆大有")
    numbers = numbers_of_the_register()
    programme = make_programme(world.cast.county)
    for name, arguments, data in (
        ("elder-find", {}, {}),
        ("enrolment-find", {}, {"programme": programme.pk}),
        ("assessment-find", {}, {}),
        ("care-find", {"what": "visit"}, {}),
    ):
        typed = dict.fromkeys(("text", "q"), wanted.id_number.reveal())
        answer = clerk.post(reverse(name, kwargs=arguments), typed | data)
        assert leaks(str(dict(answer.headers)), numbers) == [], name
        while answer.status_code == 302:
            answer = clerk.get(answer["Location"])
        page = answer.content.decode()
        assert "陆大有" in page, name
        # The person's own number stands at most in the field where it was typed.
        rest = re.sub(r'<input[^>]*name="(text|q)"[^>]*>', "", page)
        assert leaks(rest, numbers) == [], name
    assert leaks(caplog.text, numbers) == []
    assert leaks(_whole_database(), numbers) == []


def test_the_addresses_that_give_numbers_are_recorded(world, enter, caplog):
    """Revealing, the bank's sheet, the filled template: each gives them and each is in the log, without them."""
    caplog.set_level(logging.DEBUG)
    clerk, elder = enter(world.cast.county_clerk), Elder.objects.get(name="陆大有")
    numbers = numbers_of_the_register()
    events = AuditEvent.objects.filter(user=world.cast.county_clerk)
    before = list(events.values_list("pk", flat=True))
    address = reverse("number-reveal", kwargs={"kind": "elder", "pk": elder.pk, "field": "id_number"})
    assert leaks(clerk.get(address).content.decode(), numbers) == []
    assert leaks(clerk.post(address, {"reason": ""}).content.decode(), numbers) == []
    assert leaks(clerk.post(address, {"reason": "核对证件"}).content.decode(), {NUMBERS[0]})

    batch: Batch = world.things["sent"]
    book = content_of(clerk.post(reverse("batch-sheet", args=[batch.pk])))
    assert rows_of(book)[0]["银行账号"] in numbers
    template = reverse("import-template", kwargs={"ledger": "elders"}) + "?rows=1"
    assert leaks(readable(content_of(clerk.get(template))), {NUMBERS[0]})
    assert "elders" in {each.key for each in all_ledgers()}

    file = io.BytesIO(world.things["return"])
    file.name = "回盘.xlsx"
    page = clerk.post(reverse("batch-return", args=[batch.pk]), {"file": file}, follow=True).content.decode()
    assert "账户已销户" in page
    assert leaks(page, numbers) == []

    log = list(events.exclude(pk__in=before).values_list("action", flat=True))
    assert log.count("reveal") == 1
    assert log.count("export") == 2
    assert leaks(caplog.text, numbers) == []
    assert leaks(_whole_database(), numbers) == []


def test_a_batch_may_be_read_by_leaders_but_not_its_people(world, enter):
    leader = enter(world.cast.leader)
    pk = world.things["sent"].pk
    assert leader.get(reverse("batch-detail", args=[pk])).status_code == 200
    for name in ("batch-lines", "batch-findings"):
        assert leader.get(reverse(name, args=[pk])).status_code == 403


def _whole_database() -> str:
    """Every row of every table as text, the log, the history and the read sheets among them."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - a name of the catalogue
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)
