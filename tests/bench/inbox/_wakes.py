"""python -m tests.bench.inbox._wakes TALK A_SECOND SECONDS: something happens in a talk, again and again."""

import sys
import time

import django

if __name__ == "__main__":
    django.setup()
    from chat import realtime
    from chat.models import Conversation

    talk, a_second, seconds = map(int, sys.argv[1:])
    conversation = Conversation.objects.select_related("person", "customer", "shop").get(pk=talk)
    began = time.monotonic()
    for number in range(a_second * seconds):
        time.sleep(max(0.0, began + number / a_second - time.monotonic()))
        realtime._wake(conversation, None)
    time.sleep(1)
