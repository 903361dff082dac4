//! What a cache provider can do, as bits that the manifest carries.

use super::OpCode;

/// An ability beyond single operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Ability {
    /// Atomic groups with watched keys.
    Group = 48,
    /// Scanning keys by prefix.
    Scan = 49,
    /// Deleting by prefix, and all.
    Clear = 50,
    /// Telling entries and bytes.
    Size = 51,
}

/// A set of operations and abilities. Bits of later versions are kept and ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Capabilities(pub u64);

impl Capabilities {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Every operation and ability of this version.
    pub const ALL: Self = Self(((1 << 23) - 2) | (0b1111 << 48));

    /// Returns the set with these operations.
    pub const fn of(ops: &[OpCode]) -> Self {
        let (mut bits, mut rest) = (0, ops);
        while let [first, tail @ ..] = rest {
            bits |= 1 << (*first as u16);
            rest = tail;
        }
        Self(bits)
    }

    /// Returns the set with one more ability.
    #[must_use]
    pub const fn with(self, ability: Ability) -> Self {
        Self(self.0 | 1 << (ability as u16))
    }

    /// Returns the set without one operation.
    #[must_use]
    pub const fn without(self, op: OpCode) -> Self {
        Self(self.0 & !(1 << (op as u16)))
    }

    /// Tells whether the operation is in the set.
    pub const fn has(self, op: OpCode) -> bool {
        self.0 & 1 << (op as u16) != 0
    }

    /// Tells whether the ability is in the set.
    pub const fn can(self, ability: Ability) -> bool {
        self.0 & 1 << (ability as u16) != 0
    }
}
