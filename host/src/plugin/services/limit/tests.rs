//! Every line is taken or counted, once.

use super::{Admitted, LINES_PER_SECOND_MAX, LineLimit};

#[test]
fn a_second_has_its_allowance_and_the_next_one_reports_the_rest() {
    let limit = LineLimit::default();
    for second in [1, 2] {
        for line in 0..LINES_PER_SECOND_MAX {
            let expected = if (second, line) == (2, 0) { Admitted::AfterDropping(3) } else { Admitted::Yes };
            assert_eq!(limit.admit(second), expected, "line {line} of second {second}");
        }
        (0..3).for_each(|_| assert_eq!(limit.admit(second), Admitted::No));
    }
    assert_eq!((limit.take_dropped(), limit.take_dropped()), (3, 0), "what was reported is not reported again");
    assert_eq!(limit.admit(3), Admitted::Yes);
}

#[test]
fn threads_lose_no_line_and_count_none_twice() {
    let (limit, threads, each) = (LineLimit::default(), 8_u64, 5_000_u64);
    let flood = || {
        // Two seconds for every thread, which meet on their way.
        let admitted = (0..each).map(|line| limit.admit(1 + line / (each / 2)));
        admitted.fold(0, |accounted, one| match one {
            Admitted::Yes => accounted + 1,
            Admitted::AfterDropping(dropped) => accounted + 1 + dropped,
            Admitted::No => accounted,
        })
    };
    let accounted: u64 = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(flood)).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(accounted + limit.take_dropped(), threads * each);
}
