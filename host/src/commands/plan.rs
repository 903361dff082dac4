//! Which operations a request needs: one function a command, each pure.

mod count;
mod deadline;
mod key;
mod string;

use outrigger_plugin_api::sdk::cache::Op;

use super::{fault::Fault, form::Form};
use crate::resp::Arguments;

pub(super) use count::{decr, decrby, incr, incrby, incrbyfloat};
pub(super) use deadline::{
    Deadlines, expire, expireat, expiretime, expiry_option, persist, pexpire, pexpireat, pexpiretime, pttl, relative,
    ttl,
};
pub(super) use key::{copy, del, exists, memory, object, randomkey, rename, renamenx, touch, type_of};
pub(super) use string::{
    append, get, getdel, getex, getrange, getset, mget, mset, psetex, set, setex, setnx, setrange, strlen,
};

/// Operations with bytes of the request.
pub(super) type Ops<'a> = Vec<Op<&'a [u8]>>;

/// What a request needs: its operations are added, and the form of its reply returned. On an error none may be added.
pub(super) type Planner = for<'a> fn(Arguments<'a>, &mut Ops<'a>) -> Result<Form, Fault>;

/// Tells whether a word is this one, which is in capitals.
pub(super) fn is(word: &[u8], capitals: &str) -> bool {
    word.eq_ignore_ascii_case(capitals.as_bytes())
}
