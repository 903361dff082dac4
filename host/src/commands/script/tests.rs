//! Scripts are recognised as libraries write them, and no others are.

use super::{known::plain, *};

#[test]
fn scripts_are_recognised_however_they_are_written() {
    let release = [
        "if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end",
        "\nif redis.call(\"GET\", KEYS[1]) == ARGV[1] then\n    return redis.call(\"DEL\", KEYS[1])\nelse\n    return 0\nend\n",
        "        local token = redis.call('get', KEYS[1])\n        if not token or token ~= ARGV[1] then\n            return \
         0\n        end\n        redis.call('del', KEYS[1]) -- done\n        return 1\n    ",
    ];
    for text in release {
        assert_eq!(Known::recognise(text.as_bytes()), Some(Known::Release), "{}", plain(text));
    }
    let limit = "redis.call('set', KEYS[1], 0, 'EX', ARGV[2], 'NX') local consumed = redis.call('incrby', KEYS[1], ARGV[1]) \
                 local ttl = redis.call('pttl', KEYS[1]) if ttl == -1 then   redis.call('expire', KEYS[1], ARGV[2])   ttl = \
                 1000 * ARGV[2] end return {consumed, ttl} ";
    assert_eq!(Known::recognise(limit.as_bytes()), Some(Known::Limit), "{}", plain(limit));
    for text in [
        "",
        "return 1",
        "if redis.call('get',KEYS[1]) == ARGV[2] then return redis.call('del',KEYS[1]) else return 0 end",
    ] {
        assert_eq!(Known::recognise(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn hashes_are_read_in_any_case() {
    let hash = Scripts::hash(b"return 1");
    let text = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
    assert_eq!(parse_hash(text.as_bytes()), Some(hash));
    assert_eq!(parse_hash(text.to_uppercase().as_bytes()), Some(hash));
    assert_eq!((parse_hash(b"e0e1"), parse_hash("zz".repeat(20).as_bytes())), (None, None));
}
