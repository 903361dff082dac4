//! What a cache call asks of its provider before it, and of the answer after it.

use outrigger_plugin_api::{
    abi::{RVec, ReplyView, Res, wire},
    sdk::{
        ProviderError,
        cache::{Ability, Op, OpCode, OpResult},
    },
};

use crate::{
    call::CallError,
    plugin::{Provider, Slot},
};

pub(super) fn require<B>(provider: &Provider, op: &Op<B>) -> Result<(), CallError> {
    if provider.capabilities().has(op.code()) { Ok(()) } else { Err(lacks(provider, op.code())) }
}

#[cold]
fn lacks(provider: &Provider, op: OpCode) -> CallError {
    CallError::Unsupported { provider: provider.name.clone(), what: format!("run {op:?}") }
}

pub(super) fn require_ability(provider: &Provider, ability: Ability, what: &str) -> Result<(), CallError> {
    if provider.capabilities().can(ability) {
        return Ok(());
    }
    Err(CallError::Unsupported { provider: provider.name.clone(), what: what.to_owned() })
}

pub(super) fn counted(slot: &Slot, asked: usize, results: RVec<Res<ReplyView>>) -> Result<Vec<OpResult>, CallError> {
    if results.len() != asked {
        return Err(broken(slot, &format!("{} results for {asked} operations", results.len())));
    }
    Ok(results.into_iter().map(wire::decode_result).collect())
}

pub(super) fn broken(slot: &Slot, what: &str) -> CallError {
    of_slot(slot, ProviderError::internal(format!("the plugin answered with {what}")))
}

#[cold]
pub(super) fn of_slot(slot: &Slot, error: ProviderError) -> CallError {
    CallError::Provider { provider: slot.config.name.clone(), error }
}
