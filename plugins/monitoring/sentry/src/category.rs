//! Sentry's data categories, by which it limits rates.

/// A category of what this provider sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    Error,
    Transaction,
    Log,
    CheckIn,
    Session,
}

impl Category {
    pub(crate) const ALL: [Self; 5] = [Self::Error, Self::Transaction, Self::Log, Self::CheckIn, Self::Session];

    /// Returns the names under which a limit may come. `default` is what an error without a level was once.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Error => &["error", "default"],
            Self::Transaction => &["transaction"],
            Self::Log => &["log_item", "log_byte"],
            Self::CheckIn => &["monitor"],
            Self::Session => &["session"],
        }
    }

    /// Returns the category that a limit names; `None` for one of which this provider sends nothing.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.names().contains(&name.trim()))
    }
}
