"""A shop comes in from files: what is good is kept, what is not is told by its line."""

import json
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts import merging, people
from accounts.commerce import files, importing, orders
from accounts.models import Customer, Order, PaymentMethod, Product, Return, Variant
from tests.factories import NOON, CustomerFactory, OrderFactory, UserFactory

pytestmark = pytest.mark.django_db

MARIA = {
    "type": "customer",
    "id": "c-1",
    "email": "Maria@Example.com",
    "name": "Maria Lund",
    "address": {"line1": "12 Harbour Lane", "city": "Lisbon"},
    "payment_methods": [
        {"id": "visa", "kind": "card", "label": "Visa ending in 4242"},
        {"id": "gift", "kind": "gift_card", "balance": 50},
    ],
}
LAMP = {
    "type": "product",
    "id": "P-1",
    "name": "Fjord table lamp",
    "properties": {"material": "oak"},
    "variants": [
        {"sku": "FJ-CLR", "price": "89.00", "stock": 14, "options": {"glass": "clear"}},
        {"sku": "FJ-SMK", "price": 94.5, "available": False},
    ],
}
ORDER = {
    "type": "order",
    "number": "1042",
    "customer": "c-1",
    "status": "shipped",
    "placed_at": "2026-03-01T10:00:00+01:00",
    "shipping": "4.90",
    "address": {"name": "Maria Lund", "line1": "12 Harbour Lane", "postcode": "1100-148", "city": "Lisbon"},
    "lines": [{"sku": "FJ-CLR", "name": "Fjord table lamp, clear", "price": "89.00", "quantity": 2}],
    "payments": [{"method": "Card", "paid_with": "visa", "paid_at": "2026-03-01T10:01:00+01:00"}],
    "shipments": [
        {
            "carrier": "CTT",
            "tracking_number": "EB1",
            "status": "moving",
            "expected_on": "2026-03-06",
            "events": [{"text": "Handed over", "at": "2026-03-02T09:00:00Z"}],
        }
    ],
    "refunds": [{"amount": "4.90", "asked_at": "2026-03-02", "goes_to": "gift"}],
    "returns": [{"number": "R-1", "asked_at": "2026-03-02", "lines": [{"line": 1, "quantity": 1}]}],
}


@pytest.fixture
def bring(shop, tmp_path):
    """Bring these records in: dicts and bytes as JSON lines, a text as a file of its own."""

    def brought(*given, name="shop.jsonl", at=NOON, **more):
        path = tmp_path / name
        lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in given]
        path.write_bytes(given[0].encode() if isinstance(given[0], str) else b"\n".join(lines))
        return importing.bring(shop, [path], at=at, **more)

    return brought


def later(minutes=1):
    return NOON.replace(minute=minutes)


def whys(report):
    return [(problem["line"], problem["why"]) for problem in report.problems]


def test_customers_products_and_orders_come_in_whole(bring, shop):
    report = bring(MARIA, LAMP, ORDER)

    assert report.problems == []
    assert report.created == {"customer": 1, "product": 1, "order": 1}
    maria = Customer.objects.get(external_id="c-1")
    assert (maria.email, maria.email_verified, maria.address["city"]) == ("maria@example.com", True, "Lisbon")
    assert maria.payment_methods.get(external_id="gift").balance == Decimal(50)
    assert Variant.objects.get(sku="FJ-CLR").options == {"glass": "clear"}
    assert not Variant.objects.get(sku="FJ-SMK").is_available
    facts = orders.by_number(maria.pk, "1042")
    assert (facts.total, facts.currency, facts.as_of) == (Decimal("182.90"), "EUR", NOON)
    assert facts.placed_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert facts.ship_to == "Maria Lund\n12 Harbour Lane\n1100-148 Lisbon"
    assert [(line.product, line.quantity, line.sent_back) for line in facts.lines] == [("P-1", 2, 1)]
    assert [(p.method, p.amount) for p in facts.payments] == [("Visa ending in 4242", Decimal("182.90"))]
    assert facts.shipments[0].newest.text == "Handed over"
    assert facts.expected_on == date(2026, 3, 6)
    assert facts.refunds[0].amount == Decimal("4.90")
    assert facts.returns[0].number == "R-1"


def test_said_again_it_is_the_same_row_and_the_newer_word_counts(bring):
    bring(MARIA, LAMP, ORDER)
    moved = ORDER | {
        "status": "delivered",
        "lines": [ORDER["lines"][0] | {"quantity": 1}, {"name": "Bulb", "price": 5}],
        "payments": [],
    }
    cheaper = LAMP | {"variants": [LAMP["variants"][0] | {"price": 79}]}

    report = bring(MARIA | {"phone": "+351 1"}, cheaper, moved, at=later())

    assert (report.created, report.changed) == (
        {"customer": 0, "product": 0, "order": 0},
        {"customer": 1, "product": 1, "order": 1},
    )
    order = Order.objects.get()
    assert (order.status, order.as_of, order.total) == ("delivered", later(), Decimal("98.90"))
    assert [line.quantity for line in order.lines.order_by("position")] == [1, 1]
    assert not order.payments.exists()
    assert order.shipments.get().events.count() == 1
    assert Customer.objects.get().phone == "+351 1"
    assert Variant.objects.get(sku="FJ-CLR").price == 79
    assert not Variant.objects.get(sku="FJ-SMK").is_offered


def test_what_an_order_does_not_speak_of_stays(bring):
    bring(MARIA, ORDER)
    silent = {name: ORDER[name] for name in ("type", "number", "customer", "placed_at", "lines")}

    bring(silent, at=later())

    order = Order.objects.get()
    assert (order.payments.count(), order.shipments.count(), order.returns.count()) == (1, 1, 1)


def test_no_order_takes_the_return_of_another(bring, shop):
    bring(MARIA, LAMP, ORDER)
    thief, free = (
        ORDER | {"number": "1043"},
        ORDER | {"number": "1044", "returns": [{"number": "R-2", "asked_at": "2026-03-02"}]},
    )

    report = bring(thief, free, free | {"number": "1045"}, at=NOON + timedelta(hours=1))

    assert [(each["line"], each["why"]) for each in report.problems] == [
        (1, "Return R-1 is that of another order."),
        (3, "Return R-2 is that of another order."),
    ]
    assert dict(Return.objects.values_list("number", "order__number")) == {"R-1": "1042", "R-2": "1044"}


def test_what_was_done_here_is_not_undone_by_what_was_written_before(bring, shop):
    bring(MARIA, LAMP, ORDER)
    order = Order.objects.get()
    Order.objects.update(status="cancelled")
    order.changes.create(
        key=uuid4(), action="cancel", state="done", asked_at=NOON, settled_at=NOON + timedelta(hours=1)
    )

    before = bring(ORDER | {"updated_at": "2026-03-02T12:59:00Z"}, at=NOON + timedelta(hours=2))
    order.refresh_from_db()
    assert (before.problems[0]["why"], order.status) == ("Order 1042 was changed here after that.", "cancelled")

    bring(ORDER | {"updated_at": "2026-03-02T13:01:00Z"}, at=NOON + timedelta(hours=3))
    order.refresh_from_db()
    assert order.status == "shipped"


def test_a_dry_run_reports_the_same_and_leaves_nothing(bring):
    report = bring(MARIA, LAMP, ORDER, ORDER | {"number": "1", "customer": "nobody"}, dry_run=True)

    assert report.created == {"customer": 1, "product": 1, "order": 1}
    assert whys(report) == [(4, "Nobody here is known as “nobody”.")]
    assert not Customer.objects.exists()
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"customer": "nobody@example.com"}, "Nobody here is known as “nobody@example.com”."),
        ({"customer": ""}, "“customer” is missing."),
        ({"currency": "EURO"}, "“EURO” is not a currency we know; write a code such as EUR."),
        ({"currency": "XXX"}, "“XXX” is not a currency we know; write a code such as EUR."),
        ({"total": "-1"}, "total must not be negative."),
        ({"total": "12,50"}, "“12,50” is not an amount; write total like 19.90."),
        ({"total": True}, "“True” is not an amount; write total like 19.90."),
        ({"total": 1.005}, "total has too many digits."),
        ({"total": 1e30}, "total has too many digits."),
        ({"total": "NaN"}, "“NaN” is not an amount; write total like 19.90."),
        ({"status": "lost"}, "“lost” is not a status; known are placed, paid, packed,"),
        ({"placed_at": "yesterday"}, "“yesterday” is not a time; write 2026-03-02T12:00:00+01:00."),
        ({"placed_at": "2026-02-30T10:00:00Z"}, "“2026-02-30T10:00:00Z” is not a time;"),
        ({"placed_at": None}, "“placed_at” is missing."),
        ({"lines": []}, "“lines” must be a list with something in it."),
        ({"lines": [{"name": "A", "price": "-1"}]}, "lines 1: price must not be negative."),
        ({"lines": [{"name": "A", "price": "1", "quantity": 0}]}, "lines 1: The quantity must be at least 1."),
        ({"lines": [{"name": "A", "price": "1", "colour": "red"}]}, "lines 1: “colour” is not known here; known are"),
        ({"payments": [{"paid_with": "amex"}]}, "This customer has no payment method “amex”."),
        ({"returns": [ORDER["returns"][0] | {"lines": [{"line": 9}]}]}, "There is no line 9 to return."),
        ({"number": "1" * 51}, "“number” is longer than 50 characters."),
        ({"number": "1\u0000"}, "“number” holds bytes that are no text; save the file as UTF-8."),
        ({"number": ["1"]}, "“number” must be text."),
        ({"ordered": 1}, "“ordered” is not known here; known are address, cancel_reason,"),
        ({"shipments": [{"tracking_url": "javascript:alert(1)"}]}, "shipments 1: “javascript:alert(1)” is not a web"),
        ({"type": "invoice"}, "Its “type” must be customer, product or order."),
    ],
)
def test_a_bad_order_is_told_by_its_line_and_the_good_ones_are_kept(bring, change, why):
    report = bring(MARIA, LAMP, ORDER | {"number": "bad"} | change, ORDER)

    assert [line for line, _ in whys(report)] == [3]
    assert report.problems[0]["why"].startswith(why)
    assert list(Order.objects.values_list("number", flat=True)) == ["1042"]


def test_bad_customers_and_products_are_told_too(bring):
    report = bring(
        MARIA,
        {"type": "customer", "name": "Nobody"},
        {"type": "customer", "email": "not an address"},
        {"type": "customer", "id": "c-2", "email": "maria@example.com"},
        {"type": "customer", "id": "c-3", "payment_methods": [{"id": "g", "kind": "gift_card"}]},
        LAMP,
        {"type": "product", "id": "P-2", "name": "Lamp", "variants": [{"sku": "X"}]},
        LAMP | {"name": "Twice"},
    )

    assert whys(report) == [
        (2, "A customer needs an id or an e-mail address."),
        (3, "“not an address” is not an e-mail address."),
        (4, "This address is that of customer “c-1”."),
        (5, "payment_methods 1: A gift card, and nothing else, has a balance."),
        (7, "variants 1: “price” is missing."),
        (8, "“P-1” stands here already; that one was taken."),
    ]


def test_broken_lines_of_json_are_told_and_the_next_is_read(bring):
    report = bring(MARIA, b'{"type": "order", ', b"[1]", b"", b"\xff\xfe{", b'{"total": NaN}', b"[" * 90_000, ORDER)

    assert whys(report) == [
        (2, "This is not JSON."),
        (3, "This is not a JSON object."),
        (5, "This is not JSON."),
        (6, "This is not JSON."),
        (7, "This is not JSON."),
    ]
    assert Order.objects.count() == 1


def untyped(record):
    return {name: value for name, value in record.items() if name != "type"}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_of_lists_is_read_as_well(bring, indent):
    whole = {"customers": [untyped(MARIA)], "products": [untyped(LAMP)], "orders": [untyped(ORDER)], "coupons": [1]}

    report = bring(json.dumps(whole, indent=indent), name="shop.json")

    assert report.created == {"customer": 1, "product": 1, "order": 1}
    assert [why for _, why in whys(report)] == ["“coupons” is none of the lists customers, products, orders."]


def test_a_document_longer_than_any_window_keeps_its_lines(bring, shop):
    CustomerFactory(shop=shop, external_id="c-1")
    plain = {name: ORDER[name] for name in ("customer", "placed_at", "lines")}
    many = [plain | {"number": f"{n}", "ship_to": "x" * 900} for n in range(300)]
    many[150]["total"] = "-1"

    report = bring(json.dumps(many, indent=1).replace('"customer"', '"type": "order", "customer"'), name="shop.json")

    assert (report.good, report.bad) == (299, 1)
    assert report.problems[0]["line"] == 2 + 150 * (json.dumps(many[0], indent=1).count("\n") + 1)


def test_a_broken_document_gives_what_can_be_read(bring):
    broken = json.dumps({"customers": [untyped(MARIA), {"id": "BROKEN"}, {"id": "c-9"}]}, indent=1)

    report = bring(broken.replace('"BROKEN"', "broken"), name="shop.json")

    assert (report.good, [why for _, why in whys(report)]) == (2, ["This is not JSON."])
    report = bring(json.dumps([MARIA, LAMP])[:-30], name="cut.json", at=later())
    assert report.good == 1
    assert {"This is not JSON.", "The file breaks off before its end."} <= {why for _, why in whys(report)}


def test_a_whole_list_of_the_wrong_things_is_told(bring):
    assert (
        whys(bring('[1, "two", null, {"type": "customer", "id": "c-1"}]', name="x.json"))
        == [(1, "This is not a JSON object.")] * 3
    )
    assert Customer.objects.get().external_id == "c-1"


CUSTOMERS = "id;email;name;city\nc-1;maria@example.com;Maria Lund;Lisbon\nc-2;not an address;;\n"
PRODUCTS = (
    "id,name,sku,variant,price,stock,property:material,option:color\n"
    'P-1,"Lamp, tall",L-BLU,blue,19.90,3,oak,blue\nP-1,"Lamp, tall",L-RED,red,21.90,,oak,red\nP-2,Bulb,B-1,,-4,,,\n'
)
ORDERS = (
    "number,customer,placed_at,status,shipping,item,sku,price,quantity,ship_line1,ship_city,payment_method,carrier,"
    "tracking_number,expected_on\n"
    '1042,c-1,2026-03-01 10:00,shipped,4.90,"Lamp, tall",L-BLU,19.90,2,"12 Harbour Lane\nBack door",Lisbon,Card,CTT,'
    "EB1,2026-03-06\n"
    "1042,c-1,2026-03-01 10:00,shipped,4.90,Bulb,,5.00,1,,,,,,\n"
    "1043,nobody,2026-03-01 10:00,paid,0,Bulb,,5.00,1,,,,,,\n"
    "1044,c-1,2026-03-01 10:00,paid,0,Bulb\n"
    "1042,c-1,2026-03-01 10:00,paid,0,Bulb,,5.00,1,,,,,,\n"
)


def test_tables_are_known_by_their_columns(bring, shop):
    shop.time_zone = "Europe/Berlin"
    shop.save()
    reports = [bring(table, name=f"{n}.csv") for n, table in enumerate((CUSTOMERS, PRODUCTS, ORDERS))]

    assert [report.created for report in reports] == [{"customer": 1}, {"product": 1}, {"order": 1}]
    assert whys(reports[0]) == [(3, "“not an address” is not an e-mail address.")]
    assert whys(reports[1]) == [(4, "variants 1: price must not be negative.")]
    assert whys(reports[2]) == [
        (5, "Nobody here is known as “nobody”."),
        (6, "There are 6 columns where the first line has 15."),
        (7, "“1042” stands here already; that one was taken."),
    ]
    facts = orders.by_number(Customer.objects.get().pk, "1042")
    assert facts.placed_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert [(line.name, line.quantity) for line in facts.lines] == [("Lamp, tall", 2), ("Bulb", 1)]
    assert (facts.total, facts.payments[0].amount) == (Decimal("49.70"), Decimal("49.70"))
    assert facts.ship_to == "12 Harbour Lane\nBack door\nLisbon"
    assert (facts.shipments[0].carrier, facts.expected_on) == ("CTT", date(2026, 3, 6))
    lamp = Product.objects.get()
    assert (lamp.name, lamp.properties) == ("Lamp, tall", {"material": "oak"})
    assert {v.sku: (v.options["color"], v.stock) for v in lamp.variants.all()} == {
        "L-BLU": ("blue", 3),
        "L-RED": ("red", None),
    }


def test_a_table_of_good_and_bad_rows_keeps_the_good(bring):
    bring(MARIA)
    head = "number,customer,placed_at,currency,item,price,quantity"
    rows = [
        "2001,c-1,2026-03-01,EUR,Bulb,5.00,1",
        "2002,c-1,2026-03-01,EUR,Bulb,-5.00,1",
        "2003,c-1,2026-03-01,DOUBLOON,Bulb,5.00,1",
        "2004,omar@example.com,2026-03-01,EUR,Bulb,5.00,1",
        "2005,c-1,soon,EUR,Bulb,5.00,1",
        "2006,c-1,2026-03-01,EUR,Bulb,5.00,-1",
        "2007,c-1,2026-03-01,USD,Bulb,5.00,1",
    ]

    report = bring("\n".join([head, *rows]), name="orders.csv", at=later())

    assert whys(report) == [
        (3, "lines 1: price must not be negative."),
        (4, "“DOUBLOON” is not a currency we know; write a code such as EUR."),
        (5, "Nobody here is known as “omar@example.com”."),
        (6, "“soon” is not a time; write 2026-03-02T12:00:00+01:00."),
        (7, "lines 1: The quantity must be at least 1."),
    ]
    assert sorted(Order.objects.values_list("number", flat=True)) == ["2001", "2007"]


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("number,customer,placed_at,item,price,colour\n", "This looks like orders, but “colour” is not a column of"),
        ("number,customer,placed_at,item\n1,c,2026-01-01,A\n", "The column “price” is missing."),
        ("id,name,sku\n", "The column “price” is missing."),
        ("name,phone\nMaria,1\n", "A table of customers has a column “id” or “email”."),
        ("id,id,email\n", "The column “id” stands there twice."),
        ("hello world\n", "This looks like customers, but “hello world” is not a column"),
        ("<html><body>No</body></html>", "This looks like customers, but “<html><body>"),
        ("\x00\x01\x02\n", "This looks like customers, but"),
        ("", "It is empty."),
        ("\n \n", "It is empty."),
    ],
)
def test_wrong_columns_are_told_and_nothing_is_taken(bring, table, why):
    report = bring(table, name="x.csv")

    assert (report.good, report.bad) == (0, 1)
    assert report.problems[0]["why"].startswith(why)


def test_a_quote_that_is_never_closed_costs_its_rows_alone(bring):
    rows = "".join(f"c-{n},{n}@example.com,N\n" for n in range(3, 203))

    report = bring('id,email,name\nc-1,1@example.com,"Maria\n' + rows + 'c-900,900@example.com,"M"\n', name="x.csv")

    assert whys(report) == [(2, "A quote that is opened here is never closed, or one stands where none may.")]
    assert report.good == 201 - files.QUOTED_LINES + 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_usual_encoding_is_understood(bring, tmp_path, shop, encoding):
    path = tmp_path / "x.csv"
    path.write_bytes("id,email,name\nc-1,jose@example.com,José Müller €\n".encode(encoding))

    report = importing.bring(shop, [path], at=NOON)

    assert report.problems == []
    assert Customer.objects.get().name == "José Müller €"


def test_mixed_encodings_keep_the_lines_that_fit(bring):
    rows = ["id,email,name", "c-1,1@example.com,José", "c-2,2@example.com,Müller", "c-3,3@example.com,Ana"]
    report = bring(*[row.encode("cp1252" if "Müller" in row else "utf-8") for row in rows], name="x.csv")

    assert whys(report) == [(3, "“name” holds bytes that are no text; save the file as UTF-8.")]
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ana", "José"]


@pytest.mark.parametrize(
    ("begin", "size"),
    [
        (b'{"type": "order", "number": "', 1_000_000_000),
        (b'[{"type": "order", "number": "', 100_000_000),
        (b'id,email\n"', 100_000_000),
    ],
)
def test_a_line_of_a_gigabyte_is_refused_and_never_held(shop, tmp_path, begin, size):
    path = tmp_path / "big.jsonl"
    with path.open("wb") as file:
        file.write(json.dumps(MARIA).encode() + b"\n" if begin[:1] == b"{" else b"")
        file.write(begin)
        file.seek(size, 1)  # a hole
        file.write(b'"}, {"type": "customer", "id": "c-2"}]' if begin[:1] == b"[" else b'"}\n')
        file.write(json.dumps(MARIA | {"id": "c-3", "email": ""}).encode() if begin[:1] == b"{" else b"")
    tracemalloc.start()
    try:
        report = importing.bring(shop, [path], at=NOON)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [why for _, why in whys(report)] == ["This is longer than 1000000 characters."]
    assert report.good == {b"{": 2, b"[": 1, b"i": 0}[begin[:1]]
    assert peak < 30_000_000


def test_an_owner_of_the_address_is_known_again_and_her_own_words_stand(bring, shop, other_shop):
    maria = UserFactory(email="maria@example.com", name="Maria L.")
    typed = CustomerFactory(shop=shop, email="maria@example.com", name="somebody who typed it")
    elsewhere = CustomerFactory(shop=other_shop, external_id="c-1", name="Another")

    bring(MARIA, ORDER)

    hers = people.customer_of(maria, shop)
    assert (hers.external_id, hers.name, hers.address["city"]) == ("c-1", "Maria L.", "Lisbon")
    assert hers.orders.get().number == "1042"
    assert not typed.orders.exists()
    assert not elsewhere.orders.exists()


def test_the_id_of_somebody_who_was_merged_leads_to_who_she_is_now(bring, maria, shop):
    bring(MARIA | {"email": "old@example.com"})
    now = people.customer_for(maria, shop)
    PaymentMethod.objects.create(customer=now, external_id="visa", kind="card", label="Visa", currency="EUR")
    merging.merge(Customer.objects.get(external_id="c-1"), now)

    bring(ORDER, at=later())

    assert now.orders.get().payments.get().paid_with.external_id == "visa"
    assert sorted(now.payment_methods.values_list("external_id", flat=True)) == ["gift", "visa"]


def test_the_orders_of_another_shop_are_never_touched(bring, other_shop):
    theirs = OrderFactory(customer=CustomerFactory(shop=other_shop), number="1042", status="paid")

    bring(MARIA, ORDER)

    theirs.refresh_from_db()
    assert theirs.status == "paid"
    assert Order.objects.filter(number="1042").count() == 2


def test_the_cost_of_a_batch_does_not_grow_with_it(bring, django_assert_max_num_queries):
    bring(MARIA, LAMP)
    with django_assert_max_num_queries(25):
        bring(*[ORDER | {"number": str(n), "returns": []} for n in range(100)])
    assert Order.objects.count() == 100


def test_the_command_reports_for_people_and_for_programs(shop, tmp_path):
    path = tmp_path / "shop.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in (MARIA, LAMP, ORDER, ORDER | {"number": ""})))
    said = StringIO()
    call_command("import_shop", str(path), "--dry-run", "--json", stdout=said)
    told = json.loads(said.getvalue())
    assert (told["dry_run"], told["created"], told["bad"]) == (True, {"customer": 1, "product": 1, "order": 1}, 1)
    assert not Order.objects.exists()

    said = StringIO()
    call_command("import_shop", str(path), "--shop", shop.slug, stdout=said)
    assert "orders: 1 were created, 0 were written over" in said.getvalue()
    assert "shop.jsonl:4: “number” is missing." in said.getvalue()
    with pytest.raises(CommandError, match="There is no shop nowhere"):
        call_command("import_shop", str(path), "--shop", "nowhere")
    with pytest.raises(CommandError, match="Nothing could be taken"):
        call_command("import_shop", str(tmp_path / "missing.csv"), stdout=StringIO())


def test_between_two_shops_one_must_be_named(shop, other_shop, tmp_path):
    with pytest.raises(CommandError, match="Say which shop"):
        call_command("import_shop", str(tmp_path / "x"))
