"""Messages full of what must come through a translation as it is, drawn by a seed, each with what it holds."""

import random

# The same sentence in both languages; each number is a place for something that must stay.
SENTENCES = (
    (
        "Where is my order {0}? It should have been here on {1}.",
        "¿Dónde está mi pedido {0}? Tenía que llegar el {1}.",
    ),
    (
        "I paid {0} for the lamp and the receipt says {1}.",
        "He pagado {0} por la lámpara y el recibo dice {1}.",
    ),
    (
        "Please send it to {0} and write to {1} when it leaves.",
        "Por favor, envíenlo a {0} y escriban a {1} cuando salga.",
    ),
    (
        "The page {0} says that {1} is not in stock any more.",
        "La página {0} dice que {1} ya no está disponible.",
    ),
    (
        "{0} told me yesterday that the parcel {1} was lost.",
        "{0} me dijo ayer que el paquete {1} se había perdido.",
    ),
    (
        "When I type {0} into the form nothing happens, only {1}.",
        "Cuando escribo {0} en el formulario no pasa nada, solo {1}.",
    ),
    (
        "Your template shows {0} instead of my name, and {1} below.",
        "Su plantilla muestra {0} en lugar de mi nombre, y {1} debajo.",
    ),
    (
        "I would like to change {0} for {1}, if that is possible.",
        "Me gustaría cambiar {0} por {1}, si es posible.",
    ),
    (
        "Why does the table say {0} and the mail says {1}?",
        "¿Por qué la mesa dice {0} y el correo dice {1}?",
    ),
    (
        "The driver left {0} at {1} in the rain again.",
        "El conductor dejó {0} en {1} otra vez bajo la lluvia.",
    ),
)
NAMES = ("Lumen & Loom", "Maria Lund", "Fjord")


def spans(draw: random.Random) -> str:
    n = draw.randrange
    kinds = [
        f"#A-{n(10_000, 99_999)}", str(n(1000, 9999)), f"LL-{n(10, 99)}/{draw.choice('ABCX')}", f"FJ-CLR-{n(9)}",
        f"{n(1, 999)},{n(10, 99)} €", f"€ {n(1, 999)}.{n(10, 99)}", f"${n(1, 9)},{n(100, 999)}.00",
        f"EUR {n(1, 500)}", f"{n(1, 28):02}/{n(1, 12):02}/2026", f"2026-{n(1, 12):02}-{n(1, 28):02}",
        f"{n(1, 23)}:{n(10, 59)}", f"https://shop.example/o/{n(10_000)}?a={n(9)}&b=c",
        f"www.shop{n(99)}.example/help", f"m{n(99)}.lund@example.com", f"{n(1, 200)} Harbour Lane",
        f"Calle Mayor {n(1, 99)}", f"Lindenstraße {n(1, 99)}", f"{n(10_000, 99_999)} Berlin", "{name}", "%(order)s",
        "{{ customer.name }}", "<b>", f"`code = {n(99)}`", "🙂", f"+44 20 {n(1000, 9999)} {n(1000, 9999)}",
        f"1Z{n(10**8, 10**9)}", f"{n(5, 90)} %", f"**{n(99)}**", *NAMES,
    ]  # fmt: skip
    return draw.choice(kinds)


def drawn(seed: int, many: int) -> list[tuple[str, str, tuple[str, ...]]]:
    """So many texts, each with its translation and what must stay in it."""
    draw = random.Random(seed)
    found = []
    for _ in range(many):
        said, other, held = [], [], []
        for source, target in draw.sample(SENTENCES, draw.randint(1, 3)):
            there = (spans(draw), spans(draw))
            said.append(source.format(*there))
            other.append(target.format(*there))
            held += there
        found.append((" ".join(said), " ".join(other), tuple(held)))
    return found
