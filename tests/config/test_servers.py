import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_the_database_knows_vectors():
    with connection.cursor() as cursor:
        cursor.execute("create extension if not exists vector")
        cursor.execute("select '[1,2]'::vector <-> '[1,3]'::vector")

        assert cursor.fetchone() == (1.0,)


def test_the_cache_remembers():
    cache.set("shop", "Tante Emma", 10)

    assert cache.get("shop") == "Tante Emma"
