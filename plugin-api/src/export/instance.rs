//! One provider instance inside the plugin: the author's value, its number, and the name logs carry.

use std::{
    cell::Cell,
    ops::Deref,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use serde::de::DeserializeOwned;

use super::guard::{drop_quietly, guard};
use crate::abi::InstanceView;
use crate::sdk::{Host, ProviderError};

thread_local! {
    static CURRENT: Cell<u64> = const { Cell::new(0) };
}

/// The instance to name where no guard is active: the only one, or [`SEVERAL`].
static ONLY: AtomicU64 = AtomicU64::new(0);
const SEVERAL: u64 = u64::MAX;

/// Returns the number of the instance whose code runs on this thread; 0 where that is unknown.
pub(crate) fn current() -> u64 {
    // A log line may come from a destructor of thread-local data, after CURRENT is gone.
    let current = CURRENT.try_with(Cell::get).unwrap_or(0);
    match (current, ONLY.load(Ordering::Relaxed)) {
        (0, SEVERAL) => 0,
        (0, only) => only,
        (current, _) => current,
    }
}

fn register(number: u64) {
    let was = ONLY.compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed);
    if was.is_err() {
        ONLY.store(SEVERAL, Ordering::Relaxed);
    }
}

/// What a plugin is told of an instance, checked and owned.
pub(crate) struct Spec<S> {
    pub(crate) number: u64,
    pub(crate) settings: S,
    pub(crate) host: Host,
}

/// Reads what the host says of an instance.
pub(crate) fn read<S: DeserializeOwned>(view: &InstanceView<'_>) -> Result<Spec<S>, ProviderError> {
    let name = std::str::from_utf8(view.name.as_slice())
        .map_err(|_| ProviderError::settings("the provider's name is not UTF-8"))?;
    let settings = parse(view.settings.as_slice())?;
    register(view.instance);
    let workers = usize::try_from(view.workers).unwrap_or(1).clamp(1, 64);
    Ok(Spec { number: view.instance, settings, host: Host::new(view.instance, name.to_owned(), workers) })
}

/// Checks settings without starting anything.
///
/// # Errors
/// `settings` where they don't fit the provider's type.
pub fn check_settings<S: DeserializeOwned>(view: &InstanceView<'_>) -> Result<(), ProviderError> {
    guard(|| parse::<S>(view.settings.as_slice()).map(drop))
}

/// A serde message may quote the value it refused, and the value may be a secret: only position and type remain.
fn parse<S: DeserializeOwned>(settings: &[u8]) -> Result<S, ProviderError> {
    serde_json::from_slice(settings).map_err(|error| {
        let text = error.to_string();
        let plain = if error.is_data() { mask_quoted(&text) } else { text };
        ProviderError::settings(format!("settings do not fit: {plain}"))
    })
}

/// Cuts out everything from the first quote to the last: serde quotes values, and what it quotes may hold quotes too.
fn mask_quoted(text: &str) -> String {
    let quote = |c: char| matches!(c, '"' | '`');
    match (text.find(quote), text.rfind(quote)) {
        (Some(first), Some(last)) => {
            let (before, after) = (text.get(..first).unwrap_or_default(), text.get(last + 1..).unwrap_or_default());
            format!("{before}…{after}")
        }
        _ => text.to_owned(),
    }
}

/// The author's provider; its destructor is guarded.
pub(crate) struct Instance<T> {
    provider: Option<T>,
    pub(crate) number: u64,
    pub(crate) workers: usize,
}

impl<T> Instance<T> {
    pub(crate) fn new(provider: T, number: u64, workers: usize) -> Arc<Self> {
        Arc::new(Self { provider: Some(provider), number, workers })
    }
}

impl<T> Deref for Instance<T> {
    type Target = T;
    #[expect(clippy::expect_used, reason = "only Drop takes the provider, and nothing derefs a dropped value")]
    fn deref(&self) -> &T {
        self.provider.as_ref().expect("present until drop")
    }
}

impl<T> Drop for Instance<T> {
    fn drop(&mut self) {
        let _entered = enter(self.number);
        drop_quietly(self.provider.take());
    }
}

/// Names the instance for log lines of this thread until dropped.
pub(crate) struct Entered(u64);

pub(crate) fn enter(number: u64) -> Entered {
    Entered(CURRENT.try_with(|current| current.replace(number)).unwrap_or(0))
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = CURRENT.try_with(|current| current.set(self.0));
    }
}

/// A future that names its instance while it is polled.
pub(crate) struct InInstance<F>(pub(crate) u64, pub(crate) Pin<Box<F>>);

impl<F: Future> Future for InInstance<F> {
    type Output = F::Output;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = enter(self.0);
        self.1.as_mut().poll(context)
    }
}
