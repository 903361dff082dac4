// Node's Redis clients and cache layers against the door at 127.0.0.1:PORT, each as its documentation shows.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";

const [port, packages] = [Number(process.argv[2]), process.argv[3]];
const require = createRequire(path.join(packages, "package.json"));
const url = `redis://127.0.0.1:${port}`;

async function nodeRedis(RESP) {
  const { createClient } = require("redis");
  const client = createClient({ url, RESP });
  client.on("error", (error) => { throw error; });
  await client.connect();
  await client.flushDb();
  assert.equal(await client.set("a", "1", { EX: 100, NX: true }), "OK");
  assert.equal(await client.set("a", "2", { NX: true }), null);
  assert.equal(await client.get("a"), "1");
  assert.deepEqual(await client.mGet(["a", "nope"]), ["1", null]);
  const many = Array.from({ length: 500 }, () => client.incr("n"));
  assert.equal((await Promise.all(many)).at(-1), 500);
  assert.deepEqual(await client.multi().set("t", "1").incr("t").get("t").exec(), ["OK", 2, "2"]);
  const keys = [];
  for await (const page of client.scanIterator({ MATCH: "*", COUNT: 2 })) keys.push(...page);
  assert.deepEqual(keys.sort(), ["a", "n", "t"]);
  await client.close();
}

async function ioredis() {
  const { Redis } = require("ioredis");
  const client = new Redis(port);
  await client.flushdb();
  assert.equal(await client.set("a", Buffer.from([0, 255]), "PX", 5000), "OK");
  assert.deepEqual(await client.getBuffer("a"), Buffer.from([0, 255]));
  assert.deepEqual(await client.pipeline().set("b", 1).incr("b").get("b").exec(), [[null, "OK"], [null, 2], [null, "2"]]);
  await client.watch("b");
  await client.set("b", 9);
  assert.equal(await client.multi().set("b", 1).exec(), null);
  await assert.rejects(client.incr("a"), /not an integer/);

  const Redlock = require("redlock");
  const redlock = new Redlock([client], { retryCount: 0 });
  let lock = await redlock.lock("lock", 5000);
  await assert.rejects(redlock.lock("lock", 5000));
  lock = await lock.extend(9000);
  assert.ok((await client.pttl("lock")) > 5000);
  await lock.unlock();
  assert.equal(await client.exists("lock"), 0);

  const { RateLimiterRedis } = require("rate-limiter-flexible");
  const limiter = new RateLimiterRedis({ storeClient: client, points: 3, duration: 10 });
  for (let left = 2; left >= 0; left -= 1) assert.equal((await limiter.consume("me")).remainingPoints, left);
  await assert.rejects(limiter.consume("me"), (refused) => refused.msBeforeNext > 0 && refused.msBeforeNext <= 10000);
  client.disconnect();
}

async function keyv() {
  const { default: KeyvRedis } = require("@keyv/redis");
  const { default: Keyv } = require("keyv");
  const cache = new Keyv(new KeyvRedis(url), { namespace: "app" });
  await cache.clear();
  assert.equal(await cache.set("key", { a: 1 }, 5000), true);
  assert.deepEqual(await cache.get("key"), { a: 1 });
  assert.equal(await cache.has("key"), true);
  assert.deepEqual(await cache.get(["key", "nope"]), [{ a: 1 }, undefined]);
  assert.equal(await cache.delete("key"), true);
  await cache.disconnect();
}

async function unstorage() {
  const { createStorage } = require("unstorage");
  const loaded = require("unstorage/drivers/redis");
  const driver = loaded.default ?? loaded;
  const storage = createStorage({ driver: driver({ base: "app", port }) });
  await storage.setItem("a:b", { x: 1 });
  assert.deepEqual(await storage.getItem("a:b"), { x: 1 });
  assert.deepEqual(await storage.getKeys(), ["a:b"]);
  await storage.removeItem("a:b");
  assert.equal(await storage.hasItem("a:b"), false);
  await storage.dispose();
}

await nodeRedis(2);
await nodeRedis(3);
await ioredis();
await keyv();
await unstorage();
console.log("all of Node's clients agree");
process.exit(0);
