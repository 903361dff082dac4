//! What the kernel says of this process. Linux only: elsewhere the figures are absent, never zero.

use std::{sync::LazyLock, time::Instant};

use crate::clock;

/// When this process first counted something: some milliseconds after it began.
struct Began {
    unix_ms: u64,
    at: Instant,
}

static BEGAN: LazyLock<Began> = LazyLock::new(|| Began { unix_ms: clock::unix_ms(), at: clock::now() });

/// Figures of the process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Unix seconds at which it began.
    pub began_s: f64,
    /// Seconds it runs.
    pub up_s: f64,
    /// Bytes of memory it has in use (`VmRSS`).
    pub resident_bytes: Option<u64>,
    /// Open file descriptors.
    pub open_fds: Option<u64>,
    /// Most file descriptors it may open.
    pub max_fds: Option<u64>,
}

/// Notes that the process begins now; a later call changes nothing.
pub fn begin() {
    LazyLock::force(&BEGAN);
}

/// Reads the figures: three small files, no disk.
#[must_use]
pub fn figures() -> Figures {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
    Figures {
        began_s: std::time::Duration::from_millis(BEGAN.unix_ms).as_secs_f64(),
        up_s: clock::since(BEGAN.at).as_secs_f64(),
        resident_bytes: resident(&read("status")),
        // The listing's own descriptor is one of those it lists.
        open_fds: std::fs::read_dir("/proc/self/fd")
            .ok()
            .and_then(|fds| u64::try_from(fds.count()).ok()?.checked_sub(1)),
        max_fds: max_fds(&read("limits")),
    }
}

/// Returns the resident bytes of `/proc/self/status`, where `VmRSS:     1234 kB` means KiB (proc(5)).
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Returns the soft bound of `Max open files` in `/proc/self/limits`; none where it is unlimited.
fn max_fds(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests;
