import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("chat", "0017_stock_alerts")]

    operations = [
        migrations.RemoveConstraint(model_name="stockalert", name="a_shopper_waits_once_for_a_product"),
        migrations.AddConstraint(
            model_name="stockalert",
            constraint=models.UniqueConstraint(
                models.F("conversation"),
                models.F("product"),
                django.db.models.functions.comparison.Coalesce("variant", 0),
                condition=models.Q(("told_at", None)),
                name="a_shopper_waits_once_for_a_product",
            ),
        ),
    ]
