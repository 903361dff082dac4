//! Counters: which texts are numbers, how sums are written, where they overflow.

use super::trial::{Checked, STORED, Trial, get, require, set, show, value};
use crate::sdk::cache::{Expiry, Group, Op, Reply};
use crate::sdk::{Bytes, Call, ErrorKind};

fn add(key: &Bytes, by: i64) -> Op<Bytes> {
    Op::Increment { key: key.clone(), by, expiry: Expiry::Never }
}

fn add_float(key: &Bytes, by: f64) -> Op<Bytes> {
    Op::IncrementFloat { key: key.clone(), by }
}

pub(super) async fn increment_counts_from_zero(t: &Trial) -> Checked {
    let k = t.key("k");
    t.steps([
        (add(&k, 0), Reply::Integer(0)),
        (get(&k), value("0")),
        (add(&k, 7), Reply::Integer(7)),
        (add(&k, -10), Reply::Integer(-3)),
        (get(&k), value("-3")),
        (set(&k, "41"), STORED),
        (add(&k, 1), Reply::Integer(42)),
    ])
    .await
}

pub(super) async fn increment_refuses_what_is_no_integer(t: &Trial) -> Checked {
    let k = t.key("k");
    let texts = ["", " ", "x", " 1", "1 ", "+1", "01", "-01", "-0", "1.0", "1e3", "0x10", "--1", "-", "1\n", "1\0"];
    let too_large = ["9223372036854775808", "-9223372036854775809", "123456789012345678901234567890"];
    for text in texts.into_iter().chain(too_large) {
        t.expect(set(&k, text), STORED).await?;
        t.refuses(add(&k, 1), ErrorKind::Invalid).await.map_err(|why| format!("{text:?}: {why}"))?;
        t.expect(get(&k), value(text)).await?;
    }
    Ok(())
}

pub(super) async fn increment_refuses_to_overflow(t: &Trial) -> Checked {
    let k = t.key("k");
    for (start, by) in [(i64::MAX, 1), (i64::MAX, i64::MAX), (i64::MIN, -1), (i64::MIN, i64::MIN), (1, i64::MAX)] {
        t.expect(set(&k, start.to_string()), STORED).await?;
        t.refuses(add(&k, by), ErrorKind::Invalid).await.map_err(|why| format!("{start} + {by}: {why}"))?;
        t.expect(get(&k), value(start.to_string())).await?;
    }
    Ok(())
}

/// Above 2^53 a number that passed through a float is another number.
const BEYOND_FLOATS: i64 = (1 << 53) + 1;

pub(super) async fn large_integers_are_exact(t: &Trial) -> Checked {
    let k = t.key("k");
    t.steps([
        (add(&k, BEYOND_FLOATS), Reply::Integer(BEYOND_FLOATS)),
        (set(&k, (i64::MAX - 1).to_string()), STORED),
        (add(&k, 1), Reply::Integer(i64::MAX)),
        (add(&k, i64::MIN), Reply::Integer(-1)),
        (add(&k, i64::MIN + 1), Reply::Integer(i64::MIN)),
        (get(&k), value(i64::MIN.to_string())),
    ])
    .await?;
    // The same through the way that sets a deadline on creation.
    let fresh =
        Op::Increment { key: t.key("fresh"), by: BEYOND_FLOATS, expiry: Expiry::At { unix_ms: 4_102_444_800_000 } };
    t.expect(fresh, Reply::Integer(BEYOND_FLOATS)).await
}

pub(super) async fn integers_in_groups_are_exact(t: &Trial) -> Checked {
    let k = t.key("k");
    for expected in [BEYOND_FLOATS, BEYOND_FLOATS * 2] {
        let ran = t.subject.group(Call::unbounded(), vec![], vec![add(&k, BEYOND_FLOATS)]).await;
        let exact = matches!(&ran, Ok(Group::Ran(results)) if *results == [Ok(Reply::Integer(expected))]);
        require(exact, || format!("the group answered {ran:?}, expected {expected}"))?;
    }
    Ok(())
}

pub(super) async fn increment_float_writes_plain_decimals(t: &Trial) -> Checked {
    let k = t.key("k");
    t.steps([(add_float(&k, 1.5), value("1.5")), (add_float(&k, -1.5), value("0")), (get(&k), value("0"))]).await?;
    for (start, by, expected) in [
        ("10.50", 0.1, "10.6"),
        ("5.0e3", 200.0, "5200"),
        ("3.0e3", 0.0, "3000"),
        ("3.00", 0.0, "3"),
        ("-2", 0.25, "-1.75"),
        ("007", 1.0, "8"),
        ("+4", 1.0, "5"),
        ("1", 1e15, "1000000000000001"),
        ("0", 0.000_001, "0.000001"),
    ] {
        t.expect(set(&k, start), STORED).await?;
        t.steps([(add_float(&k, by), value(expected)), (get(&k), value(expected))]).await?;
    }
    Ok(())
}

pub(super) async fn increment_float_refuses_what_is_no_number(t: &Trial) -> Checked {
    let k = t.key("k");
    for text in ["", "x", " 1", "1 ", "1,5", "nan", "1.5.0", "1\0"] {
        t.expect(set(&k, text), STORED).await?;
        t.refuses(add_float(&k, 1.0), ErrorKind::Invalid).await.map_err(|why| format!("{text:?}: {why}"))?;
        t.expect(get(&k), value(text)).await?;
    }
    t.expect(set(&k, "1"), STORED).await?;
    for by in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        t.refuses(add_float(&k, by), ErrorKind::Invalid).await?;
    }
    let result = t.run(get(&k)).await;
    require(result == Ok(value("1")), || format!("a refused sum left {}", show(&result)))
}
