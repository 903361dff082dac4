"""Upstash's own client for Python against the dialect at URL, with TOKEN."""

import asyncio
import sys

from upstash_redis import Redis
from upstash_redis.asyncio import Redis as AsyncRedis
from upstash_redis.errors import UpstashError

URL, TOKEN = sys.argv[1], sys.argv[2]

client = Redis(url=URL, token=TOKEN)
client.flushdb()
assert client.set("a", "1", ex=100, nx=True) is True and not client.set("a", "2", nx=True)
assert client.get("a") == "1" and 90 < client.ttl("a") <= 100
assert client.mset({"b": "ü", "c": "y"}) and client.mget("a", "b", "nope") == ["1", "ü", None]
assert client.incrby("n", 5) == 5 and client.incrbyfloat("f", 0.5) == 0.5
cursor, keys = client.scan(0, match="*", count=100)
assert int(cursor) == 0 and sorted(keys) == ["a", "b", "c", "f", "n"], keys
try:
    client.incr("b")
    raise AssertionError("no number")
except UpstashError as error:
    assert "not an integer" in str(error), error
pipeline = client.pipeline()
pipeline.set("p", "1")
pipeline.incr("p")
assert pipeline.exec() == [True, 2]
transaction = client.multi()
transaction.set("t", "1")
transaction.get("t")
assert transaction.exec() == [True, "1"]
assert client.eval("if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end", keys=["t"], args=["1"]) == 1
assert client.delete("a", "b") == 2 and client.dbsize() == 4


async def main():
    async with AsyncRedis(url=URL, token=TOKEN) as redis:
        assert await redis.set("x", "y", px=5000) and await redis.getdel("x") == "y"


asyncio.run(main())
print("Upstash's clients agree")
