import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import analytics.ledger.models

# A transaction gets its number first and the event its id second. So whoever holds an id has a number, and a reader who
# waits for every transaction older than his own has waited for every id given out before (see cursors.settled).
NEXT_ID = """
CREATE SEQUENCE ledger_event_number;
CREATE FUNCTION ledger_next_event_id() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_current_xact_id();
    RETURN nextval('ledger_event_number');
END $$;
"""
NO_NEXT_ID = "DROP FUNCTION ledger_next_event_id(); DROP SEQUENCE ledger_event_number;"

# A ledger is written with ink. Only an emptied scratch database (SET ledger.may_truncate = 'on') is excused.
APPEND_ONLY = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('ledger.may_truncate', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The ledger is append-only: % refused.', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
"""
NOT_APPEND_ONLY = "DROP TRIGGER ledger_event_append_only ON ledger_event; DROP FUNCTION ledger_refuse();"


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(NEXT_ID, NO_NEXT_ID),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigIntegerField(db_default=analytics.ledger.models.NextEventId(), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('xid', analytics.ledger.models.TransactionIdField(db_default=analytics.ledger.models.CurrentTransaction(), editable=False)),
                ('shop_id', models.BigIntegerField(null=True, verbose_name='shop')),
                ('subject', models.CharField(max_length=80, verbose_name='subject')),
                ('actor', models.CharField(max_length=80, null=True, verbose_name='actor')),
                ('refs', models.JSONField(db_default=models.Value({}, output_field=models.JSONField()), verbose_name='also concerned')),
                ('facts', models.JSONField(db_default=models.Value({}, output_field=models.JSONField()), verbose_name='facts')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['kind', 'at'], name='ledger_event_kind_at'), models.Index(fields=['subject', 'id'], name='ledger_event_subject')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.CreateModel(
            name='Cursor',
            fields=[
                ('reader', models.CharField(max_length=120, primary_key=True, serialize=False, verbose_name='reader')),
                ('last', models.BigIntegerField(default=0, verbose_name='last event')),
                ('moved_at', models.DateTimeField(auto_now=True, verbose_name='moved at')),
            ],
            options={
                'verbose_name': 'cursor',
                'verbose_name_plural': 'cursors',
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Horizon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settled', models.BigIntegerField(default=0, verbose_name='settled up to')),
                ('fence', models.BigIntegerField(null=True, verbose_name='next to settle')),
                ('fence_xid', models.BigIntegerField(null=True, verbose_name='once older transactions are done than')),
            ],
            options={
                'verbose_name': 'horizon',
                'verbose_name_plural': 'horizon',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.CharField(max_length=120, verbose_name='reader')),
                ('subject', models.CharField(max_length=80, verbose_name='subject')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('due_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='what went wrong')),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'held-up delivery',
                'verbose_name_plural': 'held-up deliveries',
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(fields=('reader', 'subject', 'event'), name='one_delivery_a_reader_and_event')],
            },
        ),
    ]
