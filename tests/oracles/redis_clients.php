<?php
// PHP's Redis extension against the door at 127.0.0.1:PORT, as its documentation shows.

function same(mixed $found, mixed $expected): void
{
    if ($found !== $expected) {
        throw new Exception(var_export($found, true) . ' is not ' . var_export($expected, true));
    }
}

$port = (int) $argv[1];
$client = new Redis();
same($client->connect('127.0.0.1', $port, 5.0), true);
same($client->flushDB(), true);
same($client->set('a', '1', ['nx', 'ex' => 100]), true);
same($client->set('a', '2', ['nx']), false);
same($client->get('a'), '1');
same($client->ttl('a') > 90, true);
same($client->mSet(['b' => 'x', 'c' => 'y']), true);
same($client->mGet(['a', 'b', 'nope']), ['1', 'x', false]);
same($client->incrBy('n', 5), 5);
same($client->incrByFloat('f', 0.5), 0.5);
same($client->setEx('s', 100, "\0\xff"), true);
same($client->get('s'), "\0\xff");
same($client->getSet('b', 'z'), 'x');
same($client->append('b', '!'), 2);
same($client->getRange('b', 0, -1), 'z!');
same($client->expire('b', 50), true);
same($client->persist('b'), true);
same($client->rename('b', 'd'), true);
same($client->exists('b', 'd'), 1);
same($client->type('d'), Redis::REDIS_STRING);
same($client->del('d', 's'), 2);

$client->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
$found = [];
$cursor = null;
while ($keys = $client->scan($cursor, '*', 2)) {
    $found = array_merge($found, $keys);
}
sort($found);
same($found, ['a', 'c', 'f', 'n']);

same($client->multi()->set('t', '1')->incr('t')->get('t')->exec(), [true, 2, '2']);
same($client->pipeline()->set('p', '1')->get('p')->get('nope')->exec(), [true, '1', false]);
$client->watch('t');
$other = new Redis();
$other->connect('127.0.0.1', $port, 5.0);
$other->set('t', 'other');
same($client->multi()->set('t', 'mine')->exec(), false);
same($client->incr('t'), false);
// The extension leaves a NUL at the end, of a real Redis' errors too.
same(rtrim($client->getLastError(), "\0"), 'ERR value is not an integer or out of range');
$client->clearLastError();

// The lock that its documentation and its session handler release so.
$release = "if redis.call(\"get\",KEYS[1]) == ARGV[1] then return redis.call(\"del\",KEYS[1]) else return 0 end";
same($client->set('lock', 'me', ['nx', 'px' => 5000]), true);
same($client->eval($release, ['lock', 'someone'], 1), 0);
$digest = $client->script('load', $release);
same($digest, sha1($release));
same($client->evalSha($digest, ['lock', 'me'], 1), 1);
same($client->exists('lock'), 0);

// A cache of PHP's own values under a prefix.
$client->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_PHP);
$client->setOption(Redis::OPT_PREFIX, 'app:');
same($client->set('list', ['x' => [1, null, 2.5]], 60), true);
same($client->get('list'), ['x' => [1, null, 2.5]]);
same($other->exists('app:list'), 1);

// The session handler, with its lock.
ini_set('session.save_handler', 'redis');
ini_set('session.save_path', "tcp://127.0.0.1:$port?prefix=session:");
ini_set('redis.session.locking_enabled', '1');
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
foreach ([null, 1, 2] as $seen) {
    session_id('visitor');
    same(session_start(), true);
    same($_SESSION['visits'] ?? null, $seen);
    $_SESSION['visits'] = ($seen ?? 0) + 1;
    same($other->exists('session:visitor_LOCK'), 1);
    session_write_close();
    same($other->exists('session:visitor_LOCK'), 0);
}
same($other->ttl('session:visitor') > 1000, true);
echo "PHP's clients agree\n";
