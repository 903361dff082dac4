//! Tests of the frozen layer.
#![expect(unsafe_code, reason = "blobs that lie are made by hand")]

mod layout;
mod released;

use super::*;

#[test]
fn blob_gives_back_what_it_was_made_of() {
    for bytes in [&b""[..], b"a", b"\0\xff binary"] {
        assert_eq!(Blob::from(bytes.to_vec()).bytes(), Some(bytes));
        assert_eq!(Blob::from(bytes::Bytes::copy_from_slice(bytes)).bytes(), Some(bytes));
        assert_eq!(&bytes::Bytes::from(Blob::from(bytes.to_vec()))[..], bytes);
    }
}

// SAFETY: touches nothing.
unsafe extern "C" fn free(_: *mut (), _: *const u8, _: usize) {}

#[test]
fn a_null_pointer_is_no_bytes_and_nothing_else() {
    for (length, expected) in [(0, Some(&b""[..])), (1, None), (usize::MAX, None)] {
        // SAFETY: of no bytes everything is readable, and the others are what must be refused unread.
        let blob = unsafe { Blob::from_raw_parts(std::ptr::null(), length, std::ptr::null_mut(), free) };
        assert_eq!(blob.bytes(), expected, "{length}");
        assert_eq!(blob.text().as_deref(), expected.map(|_| ""), "{length}");
        assert_eq!(&bytes::Bytes::from(blob)[..], b"", "{length}");
    }
}

#[test]
fn a_longer_claim_than_any_value_is_refused_unread() {
    for (length, refused) in [(blob::BLOB_BYTES_MAX + 1, true), (usize::MAX, true), (3, false)] {
        // SAFETY: the bytes are there for the last one only; the others must be refused unread.
        let blob = unsafe { Blob::from_raw_parts(b"abc".as_ptr(), length, std::ptr::null_mut(), free) };
        assert_eq!((blob.bytes().is_none(), blob.claimed_length()), (refused, length));
    }
}
