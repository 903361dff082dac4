//! Values as bytes: reading, writing, parts of them.

use super::trial::{Checked, STORED, Trial, delete, exists, get, require, set, value};
use crate::sdk::cache::{Op, Reply};
use crate::sdk::{Bytes, ErrorKind};

pub(super) async fn a_missing_key_has_no_value(t: &Trial) -> Checked {
    let k = t.key("k");
    t.steps([(get(&k), Reply::Missing), (exists(&k), Reply::No), (delete(&k), Reply::No)]).await
}

pub(super) async fn a_written_value_is_read_back(t: &Trial) -> Checked {
    let (k, other) = (t.key("k"), t.key("other"));
    t.steps([
        (set(&k, "one"), STORED),
        (get(&k), value("one")),
        (exists(&k), Reply::Yes),
        (set(&k, "two"), STORED),
        (get(&k), value("two")),
        (get(&other), Reply::Missing),
        (set(&k, ""), STORED),
        (get(&k), value("")),
        (exists(&k), Reply::Yes),
        (delete(&k), Reply::Yes),
        (get(&k), Reply::Missing),
        (delete(&k), Reply::No),
    ])
    .await
}

pub(super) async fn keys_and_values_are_any_bytes(t: &Trial) -> Checked {
    let noise = noise(1024);
    let cases: [&[u8]; 9] =
        [b"\0", b"\xff", b"\0\0", b"a\0b", b"\r\n", b"*1\r\n$3\r\n", "ключ".as_bytes(), b"{a}{", &noise];
    for bytes in cases {
        let k = t.key(bytes);
        t.steps([(set(&k, bytes.to_vec()), STORED), (get(&k), value(bytes)), (exists(&k), Reply::Yes)]).await?;
    }
    // Bytes that end or case-fold a C string must not make two keys one.
    t.steps([(get(&t.key(b"a")), Reply::Missing), (get(&t.key(b"A\0B")), Reply::Missing)]).await
}

/// Redis has an empty key; a provider over another store may refuse it.
pub(super) async fn the_empty_key_is_a_key_or_invalid(t: &Trial) -> Checked {
    let k = Bytes::new();
    match t.run(set(&k, "v")).await {
        Err(error) if error.kind == ErrorKind::Invalid => Ok(()),
        Err(error) => Err(format!("Set of the empty key answered the error `{error}`")),
        Ok(_) => t.steps([(get(&k), value("v")), (delete(&k), Reply::Yes), (get(&k), Reply::Missing)]).await,
    }
}

pub(super) async fn a_value_of_8_mib_survives(t: &Trial) -> Checked {
    let (k, large) = (t.key("k"), Bytes::from(noise(8 << 20)));
    t.steps([(set(&k, large.clone()), STORED), (Op::Length { key: k.clone() }, Reply::Integer(8 << 20))]).await?;
    let got = t.value(get(&k)).await?;
    require(got == large, || "8 MiB came back changed".to_owned())
}

pub(super) async fn get_and_delete_takes_the_value(t: &Trial) -> Checked {
    let k = t.key("k");
    let take = || Op::GetAndDelete { key: k.clone() };
    t.steps([(take(), Reply::Missing), (set(&k, "v"), STORED), (take(), value("v")), (take(), Reply::Missing)]).await
}

pub(super) async fn append_extends_or_creates(t: &Trial) -> Checked {
    let k = t.key("k");
    let append = |bytes: &'static [u8]| Op::Append { key: k.clone(), value: Bytes::from_static(bytes) };
    t.steps([
        (append(b"ab"), Reply::Integer(2)),
        (append(b""), Reply::Integer(2)),
        (append(b"\0c"), Reply::Integer(4)),
        (get(&k), value(b"ab\0c")),
    ])
    .await
}

pub(super) async fn length_counts_bytes(t: &Trial) -> Checked {
    let k = t.key("k");
    let length = || Op::Length { key: k.clone() };
    let umlaut = "ä".as_bytes().to_vec();
    t.steps([(length(), Reply::Integer(0)), (set(&k, umlaut), STORED), (length(), Reply::Integer(2))]).await?;
    t.steps([(set(&k, ""), STORED), (length(), Reply::Integer(0))]).await
}

pub(super) async fn get_range_follows_negative_offsets(t: &Trial) -> Checked {
    let k = t.key("k");
    t.steps([(Op::GetRange { key: k.clone(), start: 0, end: -1 }, value("")), (set(&k, "hello"), STORED)]).await?;
    for (start, end, expected) in [
        (0, 0, "h"),
        (1, 3, "ell"),
        (0, -1, "hello"),
        (-3, -2, "ll"),
        (-100, 100, "hello"),
        (i64::MIN, i64::MAX, "hello"),
        (5, 9, ""),
        (3, 1, ""),
        (-1, -3, ""),
    ] {
        t.expect(Op::GetRange { key: k.clone(), start, end }, value(expected)).await?;
    }
    Ok(())
}

pub(super) async fn set_range_pads_with_zeros(t: &Trial) -> Checked {
    let k = t.key("k");
    let put = |offset, bytes: &'static [u8]| Op::SetRange { key: k.clone(), offset, value: Bytes::from_static(bytes) };
    t.steps([
        // Nothing to write creates nothing.
        (put(5, b""), Reply::Integer(0)),
        (get(&k), Reply::Missing),
        (put(2, b"c"), Reply::Integer(3)),
        (get(&k), value(b"\0\0c")),
        (put(0, b"ab"), Reply::Integer(3)),
        (put(2, b"cde"), Reply::Integer(5)),
        (put(9, b""), Reply::Integer(5)),
        (get(&k), value("abcde")),
    ])
    .await?;
    t.refuses(put(1 << 40, b"x"), ErrorKind::Invalid).await?;
    t.expect(get(&k), value("abcde")).await
}

/// Returns bytes of all values in no pattern (xorshift64, fixed seed).
pub(super) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next).flatten().take(length).collect()
}
