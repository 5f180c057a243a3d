"""Personal data is recognised by values and by names, and ordinary columns are not taken for it."""

import datetime as dt
import random

import pytest
from profile_tables import ROWS, column, noise, pick, profiled

from modelyard.scaffold.profile.marks import is_card, is_iban, is_national, is_pesel, is_phone, luhn

rng = random.Random(3)
FIRST = [
    "Anna",
    "John",
    "Maria",
    "Pierre",
    "Hans",
    "Sofia",
    "Ahmed",
    "Wei",
    "Olga",
    "Carlos",
    "Emma",
    "Zoltan",
]
LAST = ["Miller", "Okafor", "Garcia", "Dupont", "Schmidt", "Novak", "Rossi", "Tanaka", "Silva", "Berg"]


def digits(n: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(n))


def card() -> str:
    body = "4" + digits(14)
    return next(body + last for last in "0123456789" if luhn(body + last))


def person() -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}{rng.choice(LAST).lower()}"


PERSONAL = {
    "e-mail by value": ("contact", [f"{digits(6)}@mail.example" for _ in range(ROWS)]),
    "phone by value": ("reach", [f"+49 30 {digits(8)}" for _ in range(ROWS)]),
    "US phone": ("reach", [f"{digits(3)}-555-{digits(4)}" for _ in range(ROWS)]),
    "phone by name": ("Téléphone", [int("6" + digits(8)) for _ in range(ROWS)]),
    "card": ("payment", [card() for _ in range(ROWS)]),
    "card as a number": ("payment", [int(card()) for _ in range(ROWS)]),
    "social security": ("code", [f"{digits(3)}-{digits(2)}-{digits(4)}" for _ in range(ROWS)]),
    "CPF by name": ("CPF", ["9" + digits(10) for _ in range(ROWS)]),
    "full names": ("who", [person() for _ in range(ROWS)]),
    "titled names": (
        "Name",
        [f"{rng.choice(LAST)}, Mr. {digits(0)}Xan {chr(65 + i % 26)}" for i in range(ROWS)],
    ),
    "last names by name": (
        "Nachname",
        [rng.choice(LAST) + rng.choice(LAST).lower() + chr(97 + i % 26) * 2 for i in range(ROWS)],
    ),
    "street": ("place", [f"{rng.randrange(999)} {rng.choice(LAST)} Street" for _ in range(ROWS)]),
    "Straße": ("ort", [f"{rng.choice(LAST)}straße {rng.randrange(99)}" for _ in range(ROWS)]),
    "address by name": (
        "Dirección",
        [f"Barrio {rng.choice(LAST)} {rng.randrange(9999)}" for _ in range(ROWS)],
    ),
    "IP": ("source", [".".join(str(rng.randrange(256)) for _ in range(4)) for _ in range(ROWS)]),
    "birth": (
        "date_of_birth",
        [dt.date(1950, 1, 1) + dt.timedelta(rng.randrange(20_000)) for _ in range(ROWS)],
    ),
}

ORDINARY = {
    "numeric ids": ("order_no", [rng.randrange(10**9, 10**10) for _ in range(ROWS)]),
    "long ids": ("device", [rng.randrange(10**15, 10**16) for _ in range(ROWS)]),
    "cities": ("city", pick("New York", "San Francisco", "Paris", "Saint Petersburg", "Austin", "London")),
    "countries": ("country", pick("Chad", "Jordan", "France", "Georgia", "United States", "Brazil", "Mali")),
    "flag on phones": ("PhoneService", pick("Yes", "No")),
    "kind of phone": ("phone_type", pick("Galaxy", "iPhone", "Pixel", "Nokia", "Xperia", "Moto")),
    "count of mails": ("email_count", pick(*range(40))),
    "amounts": ("tel_minutes", [round(rng.random() * 500, 1) for _ in range(ROWS)]),
    "dates": ("when", [dt.date(2024, 1, 1) + dt.timedelta(i // 5) for i in range(ROWS)]),
    "products": ("product name", [f"Model {chr(65 + i % 26)}{i % 90} steel" for i in range(ROWS)]),
    "firms": ("name", [f"{rng.choice(LAST)} {i} Ltd" for i in range(ROWS)]),
    "zip": ("zip", [f"{rng.randrange(10_000, 99_999)}" for _ in range(ROWS)]),
    "versions": (
        "version",
        [f"{rng.randrange(9)}.{rng.randrange(30)}.{rng.randrange(99)}" for _ in range(ROWS)],
    ),
    "ranges": ("band", [f"{a}-{a + 10}" for a in (rng.randrange(90) for _ in range(ROWS))]),
    "plain text": ("remark", [f"arrived {i} minutes after plan today" for i in range(ROWS)]),
}


@pytest.mark.parametrize(("name", "values"), PERSONAL.values(), ids=PERSONAL)
def test_personal_data_is_left_out_and_none_of_it_shown(name: str, values: list) -> None:
    found = profiled({name: values, "x": noise(), "y": pick("a", "b")}, target="y")
    one = column(found, name)
    assert one.personal
    assert one.role == "ignored"
    assert (one.minimum, one.maximum, one.categories) == (None, None, None)
    assert str(values[0]) not in found.model_dump_json()


@pytest.mark.parametrize(("name", "values"), ORDINARY.values(), ids=ORDINARY)
def test_ordinary_columns_are_not_taken_for_personal(name: str, values: list) -> None:
    found = profiled({name: values, "x": noise(), "y": pick("a", "b")}, target="y")
    assert not column(found, name).personal


def test_the_user_may_keep_a_personal_column() -> None:
    name, values = PERSONAL["full names"]
    found = profiled({name: values, "y": pick("a", "b")}, target="y", keep_personal=(name,))
    assert column(found, name).role == "feature"
    assert not column(found, name).personal


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (is_card, "4111 1111 1111 1111", "4111 1111 1111 1112"),
        (is_card, "378282246310005", "1234567890123"),
        (is_iban, "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 01"),
        (is_national, "12345678Z", "12345678A"),
        (is_national, "811228-9874", "811228-9875"),
        (is_pesel, "44051401359", "44051401358"),
        (is_phone, "(030) 1234 567", "2024-01-31"),
    ],
)
def test_check_digits_decide(check, right: str, wrong: str) -> None:
    assert check(right)
    assert not check(wrong)
