//! A thread that frees expired entries between calls.

use std::{
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use crate::{Clock, Store, SystemClock};

/// Slots looked at in one step: about 50 µs of one shard's lock at a time, so that no reader waits longer.
const SLOTS_PER_STEP: usize = 4_096;
/// Steps without a pause. After these the thread sleeps even with work left, so that it takes at most about a tenth
/// of a core.
const STEPS_MAX: usize = 64;

/// The thread; ends when dropped.
#[derive(Debug)]
pub(crate) struct Reclaimer {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reclaimer {
    pub(crate) fn start(store: Arc<Store>, every: Duration) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let body = move || {
            while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(every) {
                sweep(&store);
            }
        };
        let thread = std::thread::Builder::new().name("cache-reclaim".into()).spawn(body)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

fn sweep(store: &Store) {
    for _ in 0..STEPS_MAX {
        if store.reclaim(SystemClock.now_ms(), SLOTS_PER_STEP) == 0 {
            break;
        }
    }
}

impl Drop for Reclaimer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in the sweep was logged by the panic hook; there is nobody else to tell.
            let _ = thread.join();
        }
    }
}
