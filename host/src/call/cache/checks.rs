//! What a cache call asks of its provider before it, and of the answer after it.

use outrigger_plugin_api::{
    abi::{RVec, ReplyView, Res, wire},
    sdk::{
        ProviderError,
        cache::{Ability, Op, OpResult},
    },
};

use crate::{
    call::CallError,
    plugin::{Provider, Slot},
};

pub(super) fn require<B>(provider: &Provider, op: &Op<B>) -> Result<(), CallError> {
    if provider.capabilities().has(op.code()) { Ok(()) } else { Err(provider.lacks(&format!("run {:?}", op.code()))) }
}

pub(super) fn require_ability(provider: &Provider, ability: Ability, what: &str) -> Result<(), CallError> {
    if provider.capabilities().can(ability) { Ok(()) } else { Err(provider.lacks(what)) }
}

pub(super) fn counted(slot: &Slot, asked: usize, results: RVec<Res<ReplyView>>) -> Result<Vec<OpResult>, CallError> {
    if results.len() != asked {
        return Err(broken(slot, &format!("{} results for {asked} operations", results.len())));
    }
    Ok(results.into_iter().map(wire::decode_result).collect())
}

pub(super) fn broken(slot: &Slot, what: &str) -> CallError {
    slot.gate.said(ProviderError::internal(format!("the plugin answered with {what}")))
}
