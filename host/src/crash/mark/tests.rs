//! A thread knows whom it calls, also within a call, and what waits is counted until it is dropped.

use std::future::{pending, ready};

use super::*;

fn in_flight(crumb: Crumb, op: Op) -> u64 {
    page::present().in_flight(crumb.place().unwrap(), op as usize).load(Ordering::Relaxed)
}

#[test]
fn a_thread_knows_whom_it_calls_within_calls_too_and_that_it_has_called() {
    let (a, b) = (Crumb::of("mark_a"), Crumb::of("mark_b"));
    assert_eq!((a, a == b), (Crumb::of("mark_a"), false), "a name has one number");
    std::thread::spawn(move || {
        assert_eq!(doing(), Doing::Stranger);
        let inner = a.op(Op::Read).during(|| {
            assert_eq!(doing(), Doing::Calling(a.0, Op::Read as u64));
            b.op(Op::Shutdown).during(doing)
        });
        assert_eq!(inner, Doing::Calling(b.0, Op::Shutdown as u64));
        assert_eq!(doing(), Doing::Nothing);
        let unwound = std::panic::catch_unwind(|| a.op(Op::Run).during(|| panic!("the host's own part")));
        assert!(unwound.is_err());
        assert_eq!(doing(), Doing::Nothing, "a panic on the way takes the mark with it");
    })
    .join()
    .unwrap();
}

#[test]
fn what_waits_is_in_flight_until_it_is_dropped_and_marked_whenever_it_runs() {
    /// A future that is ready, and tells what its drop sees.
    struct Told<'a>(&'a Cell<Option<Doing>>);
    impl Future for Told<'_> {
        type Output = Doing;
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Doing> {
            Poll::Ready(doing())
        }
    }
    impl Drop for Told<'_> {
        fn drop(&mut self) {
            self.0.set(Some(doing()));
        }
    }
    let crumb = Crumb::of("mark_waiting");
    let mark = crumb.op(Op::Deliver);
    let calling = Doing::Calling(crumb.0, Op::Deliver as u64);
    let dropped = Cell::new(None);
    let mut told = mark.waits(Told(&dropped));
    let _other = mark.waits(pending::<()>());
    assert_eq!(in_flight(crumb, Op::Deliver), 2);
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert_eq!(Pin::new(&mut told).poll(&mut context), Poll::Ready(calling));
    drop(told);
    assert_eq!(dropped.get(), Some(calling));
    assert_eq!(in_flight(crumb, Op::Deliver), 1);
    assert_eq!(crumb.calls(Op::Load, || in_flight(crumb, Op::Load)), 1);
    assert_eq!(in_flight(crumb, Op::Load), 0);
    drop(mark.waits(ready(())));
    assert_eq!(in_flight(crumb, Op::Deliver), 1);
}

#[test]
fn operations_are_numbered_by_their_place() {
    for (at, op) in Op::ALL.into_iter().enumerate() {
        assert_eq!(op as usize, at, "{op:?}");
    }
}

#[test]
fn a_provider_without_a_place_is_called_all_the_same() {
    assert_eq!(Crumb(0).calls(Op::Run, || 7), 7);
    assert_eq!(Crumb(0).op(Op::Run).during(doing), Doing::Nothing);
}
