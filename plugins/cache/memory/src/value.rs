//! Holds one value, with its key before it, in one counted allocation that readers share.
//!
//! Key and value lie together because a hit compares the one and hands out the other: that is one cache
//! miss less than two allocations cost.
#![expect(unsafe_code, reason = "two operations: the end of an initialisation, and the way back from a C ABI")]

use std::ffi::c_void;
use std::fmt;
use std::ops::Deref;

use outrigger_plugin_api::sdk::cache::Value as Blob;
use triomphe::{Arc, HeaderSlice, HeaderWithLength, ThinArc, UniqueArc};

/// A shared, immutable value: one word; cloning it counts a reference and copies nothing.
///
/// ```
/// # use cache_memory::{Limits, Store};
/// let store = Store::new(Limits::default());
/// store.set(b"greeting", b"hello")?;
/// let value = store.get(b"greeting");
/// assert_eq!(value.as_deref(), Some(&b"hello"[..]));
/// # Ok::<(), cache_memory::StoreError>(())
/// ```
#[derive(Clone)]
pub struct Value(
    // The header is the length of the key; the slice is the key, then the value.
    ThinArc<u32, u8>,
);

impl Value {
    /// Copies a key and the parts of its value into one allocation.
    /// The key is at most `u32::MAX` bytes: `Limits::check_key` saw to it.
    pub(crate) fn build<const N: usize>(key: &[u8], parts: [&[u8]; N]) -> Self {
        let key_bytes = u32::try_from(key.len()).unwrap_or(u32::MAX);
        let key = key.get(..key_bytes as usize).unwrap_or(key);
        let bytes = key.len() + parts.iter().map(|part| part.len()).sum::<usize>();
        let header = HeaderWithLength::new(key_bytes, bytes);
        let mut unique: UniqueArc<HeaderSlice<_, [_]>> = UniqueArc::from_header_and_uninit_slice(header, bytes);
        let mut rest = &mut unique.slice[..];
        for part in std::iter::once(key).chain(parts) {
            // The lengths were summed above, so no part is longer than the rest.
            let (here, after) = rest.split_at_mut(part.len());
            here.write_copy_of_slice(part);
            rest = after;
        }
        assert!(rest.is_empty(), "the parts fill the allocation");
        // SAFETY: `header` was given at the allocation. The loop wrote the slice front to back, each part
        // into the next `part.len()` elements, and the assertion above says that none is left.
        let unique = unsafe { unique.assume_init_slice_with_header() };
        Self(Arc::into_thin(unique.shareable()))
    }

    /// Returns the key this value was stored under.
    #[inline]
    pub(crate) fn key(&self) -> &[u8] {
        self.0.slice.get(..self.key_bytes()).unwrap_or_default()
    }

    #[inline]
    fn key_bytes(&self) -> usize {
        self.0.header.header as usize
    }

    /// Gives the value away as an address, a length, and an owner to free with [`Value::from_raw`].
    /// The bytes stay readable at that address until then.
    pub fn into_raw(self) -> (*const u8, usize, *mut ()) {
        let (address, bytes) = (self.as_ptr(), self.len());
        (address, bytes, self.0.into_raw().cast_mut().cast())
    }

    /// Takes a value back.
    ///
    /// # Safety
    ///
    /// `owner` came from [`Value::into_raw`] of this same build, and is passed here once.
    pub unsafe fn from_raw(owner: *mut ()) -> Self {
        // SAFETY: the caller's promise is that of `ThinArc::from_raw`: the pointer is one that
        // `ThinArc::<u32, u8>::into_raw` returned, and its count is taken over once.
        Self(unsafe { ThinArc::from_raw(owner.cast::<c_void>().cast_const()) })
    }
}

impl Value {
    /// Gives the value away as a blob over the same allocation.
    pub fn into_blob(self) -> Blob {
        // SAFETY: to be called once with the owner that into_raw() gave below; Blob::drop does just that.
        unsafe extern "C" fn free(owner: *mut (), _: *const u8, _: usize) {
            // SAFETY: as said, `owner` came from into_raw() and is passed here once.
            drop(unsafe { Value::from_raw(owner) });
        }
        let (pointer, length, owner) = self.into_raw();
        // SAFETY: into_raw() promises `length` unchanging bytes at `pointer` until from_raw(); the count is atomic, so
        // any thread may release it; the store's values are at most 512 MiB, below the blob's bound.
        unsafe { Blob::from_raw_parts(pointer, length, owner, free) }
    }
}

impl Deref for Value {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.0.slice.get(self.key_bytes()..).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Value {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Value {}

impl fmt::Debug for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Value(\"{}\")", self.escape_ascii())
    }
}

#[cfg(test)]
mod tests;
