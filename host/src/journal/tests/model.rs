//! Random lives of a journal, against the book of what it promised.

use proptest::prelude::*;

use super::ledger::{Ledger, small};
use crate::journal::{
    Durability,
    fault::{Fault, FaultDisk, Power},
};

#[derive(Debug, Clone)]
enum Deed {
    Append(Vec<usize>),
    Release(usize),
    Break(usize, Fault),
    Restart(Power, u64),
    Read,
}

fn deed() -> impl Strategy<Value = Deed> {
    let fault = prop_oneof![Just(Fault::Fail), Just(Fault::Tear), Just(Fault::Die)];
    let power = prop::sample::select(Power::ALL.to_vec());
    prop_oneof![
        8 => prop::collection::vec(0..400_usize, 1..4).prop_map(Deed::Append),
        1 => (0..20_usize).prop_map(Deed::Release),
        2 => (0..12_usize, fault).prop_map(|(after, fault)| Deed::Break(after, fault)),
        2 => (power, any::<u64>()).prop_map(|(power, seed)| Deed::Restart(power, seed)),
        1 => Just(Deed::Read),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn acknowledged_records_outlive_any_life(deeds in prop::collection::vec(deed(), 1..60)) {
        let mut ledger = Ledger::new(FaultDisk::new(), small(Durability::Fsync));
        for deed in deeds {
            match deed {
                Deed::Append(lengths) => ledger.append(&lengths),
                Deed::Release(keep) => ledger.release_all_but(keep),
                Deed::Break(after, fault) => ledger.disk.fail(after, fault),
                Deed::Restart(power, seed) => { ledger.restart(power, seed); }
                Deed::Read => ledger.check_live(),
            }
        }
        ledger.restart(Power::Lost, 7);
        ledger.check_breaches();
    }
}
