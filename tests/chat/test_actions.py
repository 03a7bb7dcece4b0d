import pytest

from accounts.models import Customer
from chat import actions, outbox, turns
from chat.models import Action, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def kinds(monkeypatch):
    """A catalogue of actions that lasts for one test."""
    monkeypatch.setattr(actions, "_KINDS", {})
    return actions.register


@pytest.fixture
def wanted(conversation, say, later):
    """An action the assistant promised in a committed reply."""

    def request(kind, **arguments):
        say("Please do it")
        turn = turns.claim(conversation.pk, at=later)
        outbox.post_reply(turn, turns.Reply("I will.", actions=(turns.Wanted(kind, arguments),)), at=later)
        Action.objects.update(due_at=later.replace(year=2020))
        return Action.objects.get()

    return request


def rename(action):
    Customer.objects.filter(pk=action.conversation.customer_id).update(name=action.arguments["name"])
    return actions.Outcome("Your name is changed.")


def told(conversation):
    return list(conversation.messages.filter(author="system").values_list("text", flat=True))


def test_an_action_is_a_row_of_the_reply_that_promises_it(conversation, wanted):
    action = wanted("rename", name="Mia")
    assert action.message.author == "bot"
    assert action.status == Action.Status.REQUESTED


def test_a_discarded_draft_wants_nothing_done(conversation, say, later):
    say("Please", 1)
    turn = turns.claim(conversation.pk, at=later)
    say("or not", 2, at=later)
    outbox.post_reply(turn, turns.Reply("I will.", actions=(turns.Wanted("rename", {}),)), at=later)
    assert not Action.objects.exists()


def test_an_action_of_ours_is_done_once_and_told_in_the_talk(conversation, wanted, kinds, customer, fresh):
    kinds("rename", rename, ours=True)
    action = wanted("rename", name="Mia")
    for _ in range(2):
        actions.execute(action.pk)
    assert fresh(customer).name == "Mia"
    assert fresh(action).status == Action.Status.DONE
    assert told(conversation) == ["Your name is changed."]


def test_what_fails_leaves_nothing_behind_and_says_so(conversation, wanted, kinds, customer, fresh):
    def half(action):
        rename(action)
        raise RuntimeError("in the middle")

    kinds("rename", half, ours=True)
    action = wanted("rename", name="Mia")
    actions.execute(action.pk)
    assert fresh(customer).name == "Maria Lund"
    assert fresh(action).status == Action.Status.FAILED
    assert len(told(conversation)) == 1


def test_a_silent_system_is_asked_again_with_the_same_key(wanted, kinds, fresh, settings, conversation):
    asked = []

    def silent(action):
        asked.append(action.key)
        raise actions.TryAgain

    kinds("call", silent, ours=False)
    action = wanted("call")
    for _ in range(settings.ACTION_ATTEMPTS):
        Action.objects.update(due_at=action.due_at)
        actions.execute(action.pk)
    assert asked == [action.key] * settings.ACTION_ATTEMPTS
    assert fresh(action).status == Action.Status.FAILED
    assert len(told(conversation)) == 1


def test_an_unknown_kind_is_told_and_not_tried(wanted, kinds, fresh, conversation):
    action = wanted("fly")
    actions.execute(action.pk)
    assert fresh(action).status == Action.Status.FAILED
    assert len(told(conversation)) == 1


def test_a_result_a_flow_waits_for_opens_a_turn(conversation, wanted, kinds, later):
    kinds("fetch", lambda action: actions.Outcome("It is blue.", opens_turn=True), ours=False)
    actions.execute(wanted("fetch").pk)
    turn = turns.claim(conversation.pk, at=later.replace(year=2100))
    assert turn.asked == ("It is blue.",)


def test_a_result_in_a_persons_hands_is_told_and_opens_nothing(conversation, wanted, kinds, anna, later, fresh):
    from chat import handoff

    kinds("fetch", lambda action: actions.Outcome("It is blue.", opens_turn=True), ours=False)
    action = wanted("fetch")
    handoff.take(conversation.pk, by=anna, at=later)
    actions.execute(action.pk)
    assert fresh(conversation).turn_due_at is None
    assert Message.objects.filter(text="It is blue.").exists()
