//! Counting by route; each test has a route of its own, because the count is the process's.

use super::{super::latency::BUCKETS_US, *};

fn of(route: &str) -> Vec<Counted> {
    counted().into_iter().filter(|counted| counted.route == route).collect()
}

#[test]
fn requests_are_counted_by_method_class_and_time() {
    for (method, status, took_us) in [("GET", 200, 100), ("GET", 204, 101), ("GET", 503, 60_000_000), ("PUT", 404, 0)] {
        count("/a/{key}", method, status, Duration::from_micros(took_us));
    }
    let all = of("/a/{key}");
    let [get, put] = &all[..] else { panic!("{all:?}") };
    assert_eq!((get.method, get.took.count, get.took.sum_us), ("GET", 3, 60_000_201));
    assert_eq!(get.classes, [("2xx", 2), ("5xx", 1)]);
    // A bound counts its own value; what is beyond every bound is only in the whole count.
    assert_eq!((get.took.within[0], get.took.within[1], get.took.within[BUCKETS_US.len() - 1]), (1, 2, 2));
    assert_eq!((put.method, &put.classes[..]), ("PUT", &[("4xx", 1)][..]));
}

#[test]
fn a_word_nobody_knows_is_no_new_method() {
    for number in 0..100 {
        count("/b", &format!("WORD{number}"), 405, Duration::ZERO);
    }
    let all = of("/b");
    assert_eq!(all.iter().map(|counted| (counted.method, counted.took.count)).collect::<Vec<_>>(), [("other", 100)]);
}
