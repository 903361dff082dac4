//! Whatever operation of the disk fails, tears or is the last: what was acknowledged is there.

use super::ledger::{Ledger, small};
use crate::journal::{
    Durability,
    fault::{Fault, FaultDisk, Power},
};

/// Begins several files, deletes some, appends alone and together.
fn work(ledger: &mut Ledger) {
    for length in [0, 10, 300, 1, 100, 250] {
        ledger.append(&[length]);
    }
    ledger.release_all_but(3);
    ledger.append(&[40, 0, 90]);
    ledger.append(&[700]);
    ledger.append(&[20, 20]);
    ledger.release_all_but(1);
    for length in [200, 200, 200, 3] {
        ledger.append(&[length]);
    }
    ledger.check_live();
}

fn operations_of_work() -> usize {
    let mut ledger = Ledger::new(FaultDisk::new(), small(Durability::Fsync));
    work(&mut ledger);
    assert!(ledger.refused.is_empty(), "{:?}", ledger.refused);
    ledger.disk.operations()
}

#[test]
fn an_acknowledged_record_survives_any_one_fault_and_any_end() {
    let operations = operations_of_work();
    assert!(operations > 40, "{operations}");
    for at in 0..=operations {
        for fault in [Fault::Fail, Fault::Tear, Fault::Die] {
            for power in Power::ALL {
                let disk = FaultDisk::new();
                disk.fail(at, fault);
                let mut ledger = Ledger::new(disk, small(Durability::Fsync));
                work(&mut ledger);
                let refused = ledger.refused.len();
                assert!(fault == Fault::Die || refused <= 1, "{fault:?} at {at}: {:?}", ledger.refused);
                ledger.restart(power, at as u64);
                ledger.append(&[30]);
                ledger.append(&[30, 30]);
                assert_eq!(ledger.refused.len(), refused, "{fault:?} at {at}");
                ledger.restart(Power::Lost, 1);
                ledger.check_breaches();
            }
        }
    }
}

#[test]
fn a_fault_while_opening_again_loses_nothing() {
    let operations = operations_of_work();
    for at in (0..operations).step_by(3) {
        for (index, fault) in (0..8).flat_map(|index| [Fault::Fail, Fault::Tear, Fault::Die].map(|f| (index, f))) {
            let disk = FaultDisk::new();
            disk.fail(at, Fault::Die);
            let mut ledger = Ledger::new(disk, small(Durability::Fsync));
            work(&mut ledger);
            ledger.restart(Power::Reordered, (at * 100 + index) as u64);
            // The next opening meets the fault, the one after it must still find everything.
            ledger.append(&[50]);
            ledger.disk.fail(index, fault);
            ledger.append(&[50]);
            ledger.restart(Power::Reordered, at as u64);
            ledger.disk.fail(index, fault);
            ledger.restart(Power::Killed, 0);
            ledger.restart(Power::Lost, 0);
            ledger.append(&[1]);
            ledger.check_live();
            ledger.check_breaches();
        }
    }
}

#[test]
fn a_killed_process_loses_nothing_under_any_durability() {
    for durability in [Durability::Interval(std::time::Duration::from_hours(1)), Durability::None] {
        let operations = operations_of_work();
        for at in 0..=operations {
            let disk = FaultDisk::new();
            disk.fail(at, Fault::Die);
            let mut ledger = Ledger::new(disk, small(durability));
            work(&mut ledger);
            ledger.restart(Power::Killed, 0);
            ledger.check_breaches();
        }
    }
}
