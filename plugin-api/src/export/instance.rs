//! One provider instance inside the plugin: the author's value, its number, and the name logs carry.

use std::{
    cell::Cell,
    ops::Deref,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
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

/// The instances of this library.
static LIVE: Live = Live::new();

/// Returns the number of the instance whose code runs on this thread; 0 where that is unknown.
pub(crate) fn current() -> u64 {
    // A log line may come from a destructor of thread-local data, after CURRENT is gone.
    match CURRENT.try_with(Cell::get).unwrap_or(0) {
        0 => LIVE.only(),
        current => current,
    }
}

/// Which instances there are, to name the only one where no guard is active: in a thread of the plugin's own.
pub(crate) struct Live {
    numbers: Mutex<Vec<u64>>,
    /// The only number, 0 where there are several. The last one stays: what still logs then can only be its threads.
    only: AtomicU64,
}

impl Live {
    pub(crate) const fn new() -> Self {
        Self { numbers: Mutex::new(Vec::new()), only: AtomicU64::new(0) }
    }

    pub(crate) fn only(&self) -> u64 {
        self.only.load(Ordering::Relaxed)
    }

    /// Counts an instance among the live ones until the returned value is dropped.
    pub(crate) fn register(&'static self, number: u64) -> Registered {
        self.change(|numbers| numbers.push(number));
        Registered { number, live: self }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<u64>)) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut numbers);
        match numbers.as_slice() {
            [] => {}
            [only] => self.only.store(*only, Ordering::Relaxed),
            _ => self.only.store(0, Ordering::Relaxed),
        }
    }
}

/// An instance's place among the live ones: from the reading of its settings to the end of its destructor, or of its
/// failed start.
pub(crate) struct Registered {
    number: u64,
    live: &'static Live,
}

impl Registered {
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.live.change(|numbers| numbers.retain(|number| *number != self.number));
    }
}

/// What a plugin is told of an instance, checked and owned.
pub(crate) struct Spec<S> {
    pub(crate) registered: Registered,
    pub(crate) settings: S,
    pub(crate) host: Host,
}

/// Reads what the host says of an instance.
pub(crate) fn read<S: DeserializeOwned>(view: &InstanceView<'_>) -> Result<Spec<S>, ProviderError> {
    let name = std::str::from_utf8(view.name.as_slice())
        .map_err(|_| ProviderError::settings("the provider's name is not UTF-8"))?;
    let settings = parse(view.settings.as_slice())?;
    let registered = LIVE.register(view.instance);
    let workers = usize::try_from(view.workers).unwrap_or(1).clamp(1, 64);
    Ok(Spec { registered, settings, host: Host::new(view.instance, name.to_owned(), workers) })
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
    /// Given up after the provider's destructor, whose lines are still its own.
    registered: Registered,
    pub(crate) workers: usize,
}

impl<T> Instance<T> {
    pub(crate) fn new(provider: T, registered: Registered, workers: usize) -> Arc<Self> {
        Arc::new(Self { provider: Some(provider), registered, workers })
    }

    pub(crate) const fn number(&self) -> u64 {
        self.registered.number()
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
        let _entered = enter(self.number());
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

/// A future that names its instance while it is polled or dropped.
pub(crate) struct InInstance<F> {
    number: u64,
    /// Taken by the destructor only.
    body: Option<Pin<Box<F>>>,
}

impl<F> InInstance<F> {
    pub(crate) fn new(number: u64, body: F) -> Self {
        Self { number, body: Some(Box::pin(body)) }
    }
}

impl<F: Future> Future for InInstance<F> {
    type Output = F::Output;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = enter(self.number);
        match self.body.as_mut() {
            Some(body) => body.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for InInstance<F> {
    fn drop(&mut self) {
        let _entered = enter(self.number);
        // Here, and not in a guard further out: the line about a panic belongs to the instance, too.
        drop_quietly(self.body.take());
    }
}
