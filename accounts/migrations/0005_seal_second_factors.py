"""Second factors of before lie open; seal them, as new ones are."""

from django.db import migrations

from accounts import sealing


def seal(apps, schema_editor):
    for factor in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        for name in ("secret", "seed"):
            if name in factor.data and not sealing.opens(factor.data[name]):
                factor.data[name] = sealing.seal(factor.data[name])
        factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_rules_and_changes"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
