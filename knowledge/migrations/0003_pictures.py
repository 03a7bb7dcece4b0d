import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_asked_in_a_message")]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name="picture",
            name="file",
            field=models.ImageField(upload_to="pictures", verbose_name="file"),
        ),
        migrations.AlterField(
            model_name="picture",
            name="description",
            field=models.CharField(
                blank=True,
                help_text="Read aloud to those who do not see it.",
                max_length=300,
                verbose_name="what it shows",
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="created_at",
            field=models.DateTimeField(verbose_name="added"),
        ),
    ]
