//! What was measured, and how it is printed.

use std::time::Duration;

/// One round.
pub struct Run {
    pub took: Duration,
    /// Processor time of the whole process.
    pub cpu: Duration,
    pub syncs: u64,
    /// How long each acknowledgement took.
    pub waits: Vec<Duration>,
}

impl Run {
    #[expect(clippy::cast_precision_loss, reason = "counts of a second")]
    fn count(&self) -> f64 {
        self.waits.len() as f64
    }

    /// Returns how many records shared a sync.
    #[expect(clippy::cast_precision_loss, reason = "counts of a second")]
    pub fn group(&self) -> f64 {
        self.count() / (self.syncs.max(1) as f64)
    }

    fn percentile(&self, per_cent: usize) -> f64 {
        let mut waits = self.waits.clone();
        waits.sort_unstable();
        let at = (waits.len() * per_cent / 100).min(waits.len().saturating_sub(1));
        waits.get(at).map_or(0.0, |wait| wait.as_secs_f64() * 1e3)
    }
}

/// Medians of several rounds.
pub struct Figures {
    pub rate: f64,
    p50_ms: f64,
    p99_ms: f64,
    pub cpu_us: f64,
    group: f64,
}

impl Figures {
    pub fn of(runs: &[Run]) -> Self {
        let of = |figure: &dyn Fn(&Run) -> f64| median(&mut runs.iter().map(figure).collect::<Vec<_>>());
        Self {
            rate: of(&|run| run.count() / run.took.as_secs_f64()),
            p50_ms: of(&|run| run.percentile(50)),
            p99_ms: of(&|run| run.percentile(99)),
            cpu_us: of(&|run| run.cpu.as_secs_f64() * 1e6 / run.count().max(1.0)),
            group: of(&Run::group),
        }
    }

    /// Prints a row, with the ratio to another's rate.
    pub fn print(&self, writers: usize, what: &str, to: Option<&Self>) {
        let Self { rate, p50_ms, p99_ms, cpu_us, group } = self;
        let ratio = to.map_or_else(|| "-".to_owned(), |to| format!("{:.2}", rate / to.rate));
        println!(
            "{writers:>8} {what:<26}{rate:>10.0}{p50_ms:>10.2}{p99_ms:>10.2}{cpu_us:>10.1}{group:>10.1}{ratio:>8}"
        );
    }
}

pub fn print_heads() {
    println!(
        "{:>8} {:<26}{:>10}{:>10}{:>10}{:>10}{:>10}{:>8}",
        "writers", "", "acks/s", "p50 ms", "p99 ms", "CPU us", "per sync", "ratio"
    );
}

/// Prints what the disk alone would take, in groups of the journal's size.
pub fn print_raw(writers: usize, rates: &mut [f64], journal: &Figures) {
    let rate = median(rates);
    let (none, ratio) = ("-", journal.rate / rate);
    println!(
        "{writers:>8} {:<26}{rate:>10.0}{none:>10}{none:>10}{none:>10}{:>10.1}{ratio:>8.2}\n",
        "disk alone, same groups", journal.group
    );
}

pub fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

/// Returns the processor time this process has used; zero where the system does not tell as Linux does.
pub fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // proc(5): fields 14 and 15, counted behind the name, which ends with the last parenthesis; in 1/100 s.
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    Duration::from_millis(10 * ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>())
}
