// Upstash's own client for JavaScript against the dialect at URL, with TOKEN.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";

const [url, token, packages] = process.argv.slice(2);
const { Redis } = createRequire(path.join(packages, "package.json"))("@upstash/redis");
const client = new Redis({ url, token, enableTelemetry: false });

await client.flushdb();
assert.equal(await client.set("a", { deep: [1, "ü"] }, { ex: 100, nx: true }), "OK");
assert.equal(await client.set("a", 2, { nx: true }), null);
assert.deepEqual(await client.get("a"), { deep: [1, "ü"] });
assert.ok((await client.ttl("a")) > 90);
await client.mset({ b: "x", c: 3 });
assert.deepEqual(await client.mget("b", "c", "nope"), ["x", 3, null]);
// In one request: the client gathers what is written at once; reads travel in another, in no order.
assert.deepEqual(await Promise.all([client.incr("n"), client.incr("n")]), [1, 2]);
assert.equal(await client.get("n"), 2);
const pipeline = client.pipeline();
pipeline.set("p", 1).incr("p").get("p");
assert.deepEqual(await pipeline.exec(), ["OK", 2, 2]);
const transaction = client.multi();
transaction.set("t", "1").append("t", "2").strlen("t");
assert.deepEqual(await transaction.exec(), ["OK", 2, 2]);
await assert.rejects(client.incr("b"), /not an integer/);
const [cursor, keys] = await client.scan(0, { match: "*", count: 100 });
assert.equal(String(cursor), "0");
assert.deepEqual(keys.sort(), ["a", "b", "c", "n", "p", "t"]);
assert.equal(await client.getdel("b"), "x");
assert.equal(await client.exists("a", "b"), 1);
const unlock = "if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end";
assert.equal(await client.eval(unlock, ["p"], ["2"]), 1);

const plain = { authorization: `Bearer ${token}` };
const ask = async (at, options = {}) => fetch(`${url}${at}`, { headers: plain, ...options });
assert.deepEqual(await (await ask("/set/path/a%20b/EX/50")).json(), { result: "OK" });
assert.deepEqual(await (await ask("/get/path")).json(), { result: "a b" });
const bytes = Buffer.from([0, 255, 10]);
await ask("/set/raw?EX=100", { method: "POST", body: bytes });
const base64 = await ask("/get/raw", { headers: { ...plain, "Upstash-Encoding": "base64" } });
assert.deepEqual(await base64.json(), { result: bytes.toString("base64") });
const resp2 = await ask("/get/raw", { headers: { ...plain, "Upstash-Response-Format": "resp2" } });
assert.deepEqual(Buffer.from(await resp2.arrayBuffer()), Buffer.concat([Buffer.from("$3\r\n"), bytes, Buffer.from("\r\n")]));
assert.equal((await ask("/nope/a")).status, 404);
assert.equal((await ask("/get")).status, 400);
assert.equal((await ask("/pipeline", { method: "POST", body: "{}" })).status, 400);
assert.equal((await fetch(`${url}/get/a`)).status, 401);
console.log("Upstash's clients agree");
