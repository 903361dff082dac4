"""Python's Redis clients and cache layers against the door at 127.0.0.1:PORT, each as its documentation shows."""

import asyncio
import sys

PORT = int(sys.argv[1])
URL = f"redis://127.0.0.1:{PORT}"


def redis_py(protocol):
    import redis

    client = redis.Redis(port=PORT, protocol=protocol, decode_responses=True)
    client.flushdb()
    assert client.set("a", "1", ex=100, nx=True) is True
    assert client.set("a", "2", nx=True) is None
    assert client.get("a") == "1" and 90 < client.ttl("a") <= 100
    assert client.set("a", "3", get=True, keepttl=True) == "1"
    assert client.mset({"b": "x", "c": "y"}) and client.mget("a", "b", "nope") == ["3", "x", None]
    assert client.incrby("n", 5) == 5 and client.incrbyfloat("f", 0.5) == 0.5
    assert sorted(client.scan_iter(match="*", count=2)) == ["a", "b", "c", "f", "n"]
    assert sorted(client.keys("[bc]")) == ["b", "c"]
    assert client.getdel("b") == "x" and client.exists("b", "c") == 1
    assert client.info("server")["redis_version"].startswith("7.")
    assert client.config_get("databases") == {"databases": "1"}
    assert client.client_getname() in (None, "")

    with client.pipeline(transaction=True) as pipe:
        pipe.set("t", 1).incr("t").get("t")
        assert pipe.execute() == [True, 2, "2"]
    with client.pipeline() as pipe:
        pipe.watch("t")
        client.set("t", "other")
        pipe.multi()
        pipe.set("t", "mine")
        try:
            pipe.execute()
            raise AssertionError("a watched key had changed")
        except redis.WatchError:
            pass
    assert client.get("t") == "other"
    client.set("text", "abc")
    try:
        client.incr("text")
        raise AssertionError("abc is no number")
    except redis.ResponseError as error:
        assert "not an integer" in str(error), error

    lock = client.lock("lock", timeout=10)
    assert lock.acquire(blocking=False) and not client.lock("lock", timeout=10).acquire(blocking=False)
    assert lock.extend(50) and client.ttl("lock") > 50
    assert lock.reacquire() and client.ttl("lock") <= 10
    lock.release()
    assert client.get("lock") is None
    try:
        lock.release()
        raise AssertionError("it was released")
    except redis.exceptions.LockError:
        pass
    client.close()


async def redis_py_asyncio():
    import redis.asyncio as redis

    client = redis.Redis(port=PORT)
    await client.flushdb()
    await asyncio.gather(*(client.incr("n") for _ in range(50)))
    assert await client.get("n") == b"50"
    async with client.lock("lock", timeout=5):
        assert await client.exists("lock") == 1
    assert await client.exists("lock") == 0
    await client.aclose()


async def cashews():
    from cashews import Cache

    cache = Cache()
    cache.setup(URL)
    await cache.clear()
    await cache.set("key", {"a": 1}, expire="10m")
    assert await cache.get("key") == {"a": 1} and 500 < await cache.get_expire("key") <= 600
    assert await cache.incr("hits", expire=10) == 1 and await cache.incr("hits", expire=10) == 2
    assert 0 < await cache.get_expire("hits") <= 10
    calls = []

    @cache(ttl="1m", key="of:{number}", lock=True)
    async def double(number):
        calls.append(number)
        return number * 2

    assert await asyncio.gather(*(double(4) for _ in range(10))) == [8] * 10 and calls == [4]
    async with cache.lock("lock", expire=5):
        assert await cache.is_locked("lock")
    assert not await cache.is_locked("lock")
    assert sorted([key async for key in cache.scan("of:*")]) == ["of:4"]
    await cache.delete_match("of:*")
    assert await cache.get("of:4") is None
    await cache.close()


async def aiocache():
    from aiocache import Cache
    from aiocache.lock import RedLock

    cache = Cache(Cache.REDIS, endpoint="127.0.0.1", port=PORT)
    await cache.clear()
    assert await cache.set("key", "value", ttl=10) and await cache.get("key") == "value"
    assert await cache.multi_set([("a", "1"), ("b", "2")], ttl=10) and await cache.multi_get(["a", "b"]) == ["1", "2"]
    try:
        await cache.add("key", "again")
        raise AssertionError("the key was there")
    except ValueError:
        pass
    async with RedLock(cache, "lock", 5):
        pass
    assert await cache.increment("n", 3) == 3 and await cache.expire("n", 10) and await cache.delete("n") == 1
    await cache.close()


def django():
    from django.conf import settings

    backend = {"django": "django.core.cache.backends.redis.RedisCache", "default": "django_redis.cache.RedisCache"}
    settings.configure(CACHES={name: {"BACKEND": path, "LOCATION": URL} for name, path in backend.items()})
    from django.core.cache import caches

    for name in backend:
        cache = caches[name]
        cache.clear()
        cache.set("key", {"a": [1]}, timeout=100)
        assert cache.get("key") == {"a": [1]} and cache.add("key", 1) is False and cache.touch("key", 50)
        cache.set_many({"a": 1, "b": 2}, timeout=10)
        assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
        assert cache.incr("a", 4) == 5 and cache.decr("a") == 4
        try:
            cache.incr("nope")
            raise AssertionError("there was no such key")
        except ValueError:
            pass
        cache.delete_many(["a", "b"])
        assert cache.get("a") is None and cache.has_key("key")
    with caches["default"].lock("lock", timeout=5):
        assert caches["default"].ttl("key") > 0
    assert caches["default"].delete_pattern("k*") == 1


def flask_caching():
    from flask import Flask
    from flask_caching import Cache

    app = Flask("oracle")
    cache = Cache(app, config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": URL, "CACHE_KEY_PREFIX": "flask:"})
    calls = []

    @cache.memoize(timeout=50)
    def double(number):
        calls.append(number)
        return number * 2

    with app.app_context():
        cache.clear()
        assert [double(3), double(3)] == [6, 6] and calls == [3]
        cache.delete_memoized(double)
        assert double(3) == 6 and calls == [3, 3]
        assert cache.set_many({"a": 1, "b": 2}) and cache.get_many("a", "b") == [1, 2]


def dogpile():
    from dogpile.cache import make_region

    region = make_region().configure("dogpile.cache.redis", arguments={"url": URL, "redis_expiration_time": 60})
    calls = []

    @region.cache_on_arguments(expiration_time=50)
    def double(number):
        calls.append(number)
        return number * 2

    assert [double(5), double(5)] == [10, 10] and calls == [5]
    region.set_multi({"a": 1, "b": 2})
    assert region.get_multi(["a", "b"]) == [1, 2]


redis_py(2)
redis_py(3)
for client in (redis_py_asyncio, cashews, aiocache):
    asyncio.run(client())
for layer in (django, flask_caching, dogpile):
    layer()
print("all of Python's clients agree")
