//! The least that group commit can be: a channel, a thread, one write and one sync for all that waits.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, oneshot};

use super::{Appends, RECORD_BYTES};

/// As many as may wait for one sync.
const GROUP_MAX: usize = 4_096;

type Asked = (Arc<[u8]>, oneshot::Sender<()>);

/// A running loop.
#[derive(Clone)]
pub struct Bare {
    asked: mpsc::UnboundedSender<Asked>,
    syncs: Arc<AtomicU64>,
}

impl Bare {
    pub fn start(path: &Path) -> Self {
        let (asked, waiting) = mpsc::unbounded_channel();
        let syncs = Arc::new(AtomicU64::new(0));
        let (file, counted) = (file(path), Arc::clone(&syncs));
        std::thread::spawn(move || run(file, waiting, &counted));
        Self { asked, syncs }
    }
}

impl Appends for Bare {
    async fn append(&self, payload: Arc<[u8]>) {
        let (done, wait) = oneshot::channel();
        self.asked.send((payload, done)).expect("the loop runs");
        wait.await.expect("the loop answers");
    }

    fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }
}

fn file(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("a file")
}

fn run(mut file: File, mut waiting: mpsc::UnboundedReceiver<Asked>, syncs: &AtomicU64) {
    let (mut bytes, mut group) = (Vec::new(), Vec::new());
    while let Some((payload, done)) = waiting.blocking_recv() {
        bytes.extend_from_slice(&payload);
        group.push(done);
        while group.len() < GROUP_MAX
            && let Ok((payload, done)) = waiting.try_recv()
        {
            bytes.extend_from_slice(&payload);
            group.push(done);
        }
        file.write_all(&bytes).expect("a healthy disk");
        file.sync_data().expect("a healthy disk");
        syncs.fetch_add(1, Ordering::Relaxed);
        bytes.clear();
        for done in group.drain(..) {
            // Its task may have been stopped.
            let _ = done.send(());
        }
    }
}

/// Returns how many records a second nothing but the disk takes, `group` at a time.
pub fn raw(path: &Path, group: f64, time: Duration) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand at most")]
    let records = group.round().max(1.0) as usize;
    let bytes = vec![b'x'; records * RECORD_BYTES];
    let (mut file, start, mut groups) = (file(path), Instant::now(), 0_u32);
    while start.elapsed() < time {
        file.write_all(&bytes).expect("a healthy disk");
        file.sync_data().expect("a healthy disk");
        groups += 1;
    }
    f64::from(groups) * group / start.elapsed().as_secs_f64()
}
