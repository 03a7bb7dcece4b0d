"""The cache as Django has it, but one that is away is an empty one: signing in and reading pages go on without it."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)
T = TypeVar("T")


class Cache(RedisCache):
    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return _or(True, super().add, key, *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _or(default, super().get, key, default, version=version)

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        _or(None, super().set, key, *args, **kwargs)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return _or(False, super().delete, key, version=version)


def _or(instead: T, ask: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    try:
        return ask(*args, **kwargs)
    except redis.RedisError as error:
        log.warning("Nothing is cached, Redis does not answer: %s", error)
        return instead
