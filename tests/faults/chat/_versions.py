"""python -m tests.faults.chat._versions SWITCHES: train two bot versions, wait for a line, switch back and forth."""

import json
import sys
import time

import django

LESSONS = {
    "parcel": ("where is my parcel", "has my parcel left", "the parcel is late"),
    "refund": ("i want my money back", "refund me please", "the refund is late"),
}


def main(switches):
    from django.utils import timezone

    from accounts.models import Shop
    from chat import training
    from chat.training import Lesson

    shop = Shop.objects.order_by("pk").first()
    lessons = [Lesson(text, intent) for intent, texts in LESSONS.items() for text in texts]
    first, second = (
        training.train_now(shop, lessons, name=name, rejects=True, at=timezone.now(), progress=lambda *_: None)
        for name in ("first", "second")
    )
    training.promote(first, at=timezone.now())
    training.promote(second, at=timezone.now())
    print(json.dumps({"versions": [first.pk, second.pk]}), flush=True)
    sys.stdin.readline()
    took, failed = [], 0
    for _ in range(switches):
        time.sleep(0.25)
        started = time.monotonic()
        try:
            training.roll_back(shop, at=timezone.now())
        except Exception as error:
            failed += 1
            print(repr(error), file=sys.stderr)
        took.append(time.monotonic() - started)
    print(json.dumps({"took": took, "failed": failed}), flush=True)


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
