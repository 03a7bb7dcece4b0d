import pytest
from django.db import connection


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Excuse the scratch database from the ledger's refusal of TRUNCATE: tests with real transactions tidy up."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET ledger.may_truncate = 'on'")
        connection.close()
        connection.close_pool()
