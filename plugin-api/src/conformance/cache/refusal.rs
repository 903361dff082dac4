//! What a provider declares missing must answer `unsupported`, and nothing it declares may.

use super::trial::{Checked, Trial, require, show};
use crate::sdk::cache::{Ability, Condition, ExpireCondition, Expiry, Op, ScanRequest};
use crate::sdk::{Bytes, Call, ErrorKind, ProviderError};

/// The refusals, as case names.
pub(super) const NAMES: [&str; 2] = ["missing_operations_are_unsupported", "declared_operations_are_supported"];

pub(super) async fn run(name: &str, trial: &Trial) -> Checked {
    let declared = name == "declared_operations_are_supported";
    let capabilities = trial.subject.capabilities();
    for op in every_op(&trial.key("k"), &trial.key("to")) {
        if capabilities.has(op.code()) == declared {
            let code = op.code();
            let result = trial.run(op).await;
            let unsupported = matches!(&result, Err(error) if error.kind == ErrorKind::Unsupported);
            require(unsupported != declared, || format!("{code:?} answered {}", show(&result)))?;
        }
    }
    for ability in [Ability::Group, Ability::Scan, Ability::Clear, Ability::Size] {
        if capabilities.can(ability) == declared {
            let error = ask(trial, ability).await.err();
            let unsupported = error.as_ref().is_some_and(|error| error.kind == ErrorKind::Unsupported);
            require(unsupported != declared, || format!("{ability:?} answered {error:?}"))?;
        }
    }
    trial.clean().await;
    Ok(())
}

async fn ask(trial: &Trial, ability: Ability) -> Result<(), ProviderError> {
    let (subject, call) = (&trial.subject, Call::unbounded());
    match ability {
        Ability::Group => subject.group(call, vec![], vec![]).await.map(drop),
        Ability::Scan => {
            let request = ScanRequest { cursor: Bytes::new(), prefix: trial.key("k"), count: 10 };
            subject.scan(call, request).await.map(drop)
        }
        Ability::Clear => subject.clear(call, trial.key("k")).await.map(drop),
        Ability::Size => subject.size(call).await.map(drop),
    }
}

/// One valid operation of each kind.
fn every_op(key: &Bytes, to: &Bytes) -> Vec<Op<Bytes>> {
    let (key, to, value) = (|| key.clone(), || to.clone(), || Bytes::from_static(b"1"));
    let expiry = Expiry::At { unix_ms: 4_102_444_800_000 };
    vec![
        Op::Get { key: key() },
        Op::Set { key: key(), value: value(), expiry, condition: Condition::Always, return_old: false },
        Op::Exists { key: key() },
        Op::Ttl { key: key() },
        Op::Expire { key: key(), expiry, condition: ExpireCondition::Always },
        Op::Persist { key: key() },
        Op::Increment { key: key(), by: 1, expiry: Expiry::Keep },
        Op::IncrementFloat { key: key(), by: 1.0 },
        Op::Append { key: key(), value: value() },
        Op::CompareAndSet { key: key(), expected: value(), value: value(), expiry },
        Op::CompareAndDelete { key: key(), expected: value() },
        Op::CompareAndExpire { key: key(), expected: value(), expiry },
        Op::GetAndTouch { key: key(), expiry },
        Op::GetAndDelete { key: key() },
        Op::Length { key: key() },
        Op::GetRange { key: key(), start: 0, end: 1 },
        Op::SetRange { key: key(), offset: 1, value: value() },
        Op::Copy { key: key(), to: to(), replace: true },
        Op::Rename { key: key(), to: to(), if_absent: false },
        Op::RandomKey,
        Op::Token { key: key() },
        Op::Delete { key: key() },
        Op::Delete { key: to() },
    ]
}
