"""On a filled table nobody waits for this: indexes are built beside the traffic, the constraint is checked row by row."""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('chat', '0005_the_queue'),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE chat_conversation SET queued_at = coalesce(waiting_since, last_message_at)"
            " WHERE holder = 'queue' AND queued_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE chat_handoff SET noticed_at = handed.at FROM chat_handoff handed"
            " JOIN chat_conversation ON chat_conversation.id = handed.conversation_id"
            " WHERE handed.id = chat_handoff.id AND handed.noticed_at IS NULL AND chat_conversation.holder <> 'queue'",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name='conversation',
            index=models.Index(condition=models.Q(('holder', 'queue')), fields=['shop', 'queued_at', 'id'], name='queue_in_order'),
        ),
        AddIndexConcurrently(
            model_name='conversation',
            index=models.Index(condition=models.Q(('closed_at', None), ('holder', 'person')), fields=['person'], name='held_by_people'),
        ),
        AddIndexConcurrently(
            model_name='handoff',
            index=models.Index(condition=models.Q(('noticed_at', None)), fields=['at'], name='handoffs_unnoticed'),
        ),
        AddIndexConcurrently(
            model_name='handoff',
            index=models.Index(fields=['noticed_at'], name='handoffs_noticed'),
        ),
        AddConstraintNotValid(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('holder', 'queue'), _negated=True), ('queued_at__isnull', False), _connector='OR'), name='who_waits_has_a_place'),
        ),
        ValidateConstraint('conversation', name='who_waits_has_a_place'),
    ]
