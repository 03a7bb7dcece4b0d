"""Built beside the traffic: on a filled table nobody waits. The words need no new column, so no row is written anew."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('chat', '0007_letters'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='conversation',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['shop', 'waiting_since', '-last_message_at', 'id'], name='inbox_in_order'),
        ),
        AddIndexConcurrently(
            model_name='conversation',
            index=models.Index(condition=models.Q(('closed_at', None), ('holder', 'bot')), fields=['shop', '-last_message_at', '-id'], name='inbox_of_the_bot'),
        ),
        AddIndexConcurrently(
            model_name='conversation',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['shop', 'holder', 'person', 'team'], name='inbox_counts'),
        ),
        AddIndexConcurrently(
            model_name='message',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('text', config='simple'), name='messages_by_words'),
        ),
        RemoveIndexConcurrently('conversation', name='inbox_newest'),
        RemoveIndexConcurrently('conversation', name='waiting_longest'),
    ]
