//! Tests of the frozen layer.
use super::*;

#[test]
fn blob_gives_back_what_it_was_made_of() {
    for bytes in [&b""[..], b"a", b"\0\xff binary"] {
        assert_eq!(Blob::from(bytes.to_vec()).bytes(), Some(bytes));
        assert_eq!(Blob::from(bytes::Bytes::copy_from_slice(bytes)).bytes(), Some(bytes));
        assert_eq!(&bytes::Bytes::from(Blob::from(bytes.to_vec()))[..], bytes);
    }
    println!("{}", abi_stable::library::ROOT_MODULE_LOADER_NAME);
}
