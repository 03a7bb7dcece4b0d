import json
import tempfile
import time
from pathlib import Path

from accounts.commerce import importing
from accounts.opening import open_shop
from tests.bench.orders._tau import mapping


def bring(database, *, at):
    """The retail set as a shop of ours: the shop, how long the import took, and what it reported."""
    shop = open_shop("Retail", "retail", at=at)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "shop.jsonl")
        path.write_text("\n".join(json.dumps(record) for record in mapping.records(database)))
        began = time.monotonic()
        report = importing.bring(shop, [path], at=at)
        return shop, time.monotonic() - began, report
