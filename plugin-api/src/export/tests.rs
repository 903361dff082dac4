//! Tests of the export layer.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Waker},
};

use super::{
    drive::{Place, pending},
    instance::{Live, current, enter},
};
use crate::{
    abi::Outcome,
    sdk::{ProviderError, RunOn},
};

/// Remembers whose code ran when it was dropped.
struct Dropped(Arc<AtomicU64>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(current(), Ordering::Relaxed);
    }
}

#[test]
fn a_cancelled_body_is_dropped_in_its_instances_name() {
    for polls in [0, 1] {
        let (named, place) = (Arc::new(AtomicU64::new(0)), Place { run_on: RunOn::Caller, instance: 7, workers: 1 });
        let dropped = Dropped(named.clone());
        let outcome = pending(place, async move {
            let _dropped = dropped;
            std::future::pending::<Result<(), ProviderError>>().await
        });
        let Outcome::Pending(future) = outcome else { unreachable!("it never ends") };
        {
            // Another instance's code gives it up, as where one waits for two.
            let _other = enter(8);
            let mut future = Box::pin(future);
            for _ in 0..polls {
                assert!(pin!(&mut future).poll(&mut Context::from_waker(Waker::noop())).is_pending());
            }
        }
        assert_eq!(named.load(Ordering::Relaxed), 7, "after {polls} polls");
    }
}

#[test]
fn lines_of_no_instance_are_the_only_ones_until_there_are_several() {
    let live = Box::leak(Box::new(Live::new()));
    assert_eq!(live.only(), 0);
    let first = live.register(1);
    assert_eq!(live.only(), 1);
    let second = live.register(2);
    assert_eq!(live.only(), 0, "it could be either");
    drop(second);
    assert_eq!(live.only(), 1, "the second failed to start, or ended");
    let third = live.register(3);
    drop(first);
    assert_eq!(live.only(), 3);
    drop(third);
    assert_eq!(live.only(), 3, "its threads may still log, and nobody else's can");
    let _fourth = live.register(4);
    assert_eq!(live.only(), 4);
}

#[test]
fn the_exported_symbol_is_the_one_abi_stable_looks_up() {
    // Written out in `__export_plugin!`, because an attribute takes only a literal.
    assert_eq!(abi_stable::library::ROOT_MODULE_LOADER_NAME, "_1as_0lib_1header_0root_bmodule_bloader");
}
