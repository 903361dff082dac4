//! Bytes of any origin: random ones, and good files with random faults.

mod examine;

use proptest::prelude::*;

use super::fixture::V1;
use examine::examine;

/// What is done to a good file.
#[derive(Debug, Clone)]
enum Fault {
    Set(usize, u8),
    Cut(usize),
    Remove(usize, usize),
    Repeat(usize, usize),
    Zero(usize, usize),
}

impl Fault {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let place = |at: usize, length: usize, end: usize| {
            let at = at % (end + 1);
            at..(at + length).min(end)
        };
        let end = bytes.len();
        match *self {
            Self::Set(at, to) => {
                if let Some(byte) = bytes.get_mut(at % (end + 1)) {
                    *byte = to;
                }
            }
            Self::Cut(at) => bytes.truncate(at % (end + 1)),
            Self::Remove(at, length) => drop(bytes.drain(place(at, length, end))),
            Self::Repeat(at, length) => {
                let part = bytes[place(at, length, end)].to_vec();
                bytes.splice(at % (end + 1)..at % (end + 1), part);
            }
            Self::Zero(at, length) => bytes[place(at, length, end)].fill(0),
        }
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    let (at, length) = (0..1_000_usize, 0..200_usize);
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, to)| Fault::Set(at, to)),
        at.clone().prop_map(Fault::Cut),
        (at.clone(), length.clone()).prop_map(|(at, length)| Fault::Remove(at, length)),
        (at.clone(), length.clone()).prop_map(|(at, length)| Fault::Repeat(at, length)),
        (at, length).prop_map(|(at, length)| Fault::Zero(at, length)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_open(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        examine(&bytes);
    }

    #[test]
    fn files_with_random_faults_open(faults in prop::collection::vec(fault(), 0..5), cut in any::<u8>()) {
        let mut bytes = V1.to_vec();
        for fault in faults {
            fault.apply(&mut bytes);
        }
        // The whole as the older file, so that it need not be split at a lucky place.
        examine(&[&[255], bytes.as_slice(), &[0; 1]].concat());
        examine(&[&[cut], bytes.as_slice()].concat());
    }
}
