//! The rows of the table.

use super::{Act, Alone, Row};
use crate::commands::{client, config, connection, describe, plan, slow};

/// First key, last key, step.
type Keys = (i8, i8, i8);

const NONE: Keys = (0, 0, 0);
const ONE: Keys = (1, 1, 1);
const TWO: Keys = (1, 2, 1);
const ALL: Keys = (1, -1, 1);
const PAIRS: Keys = (1, -1, 2);
/// Behind a subcommand.
const SECOND: Keys = (2, 2, 1);

/// Arity, keys, and the version of Redis that brought it.
type Shape = (i8, Keys, &'static str);

const fn reads(name: &'static str, shape: Shape, group: &'static str, summary: &'static str, act: Act) -> Row {
    Row { name, arity: shape.0, writes: false, keys: shape.1, group, since: shape.2, summary, act }
}

const fn writes(name: &'static str, shape: Shape, group: &'static str, summary: &'static str, act: Act) -> Row {
    Row { writes: true, ..reads(name, shape, group, summary, act) }
}

/// Every command.
pub(in crate::commands) const ROWS: &[Row] = &[
    writes("append", (3, ONE, "2.0.0"), "string", "Appends to a value", Act::Ops(plan::append)),
    writes("copy", (-3, TWO, "6.2.0"), "generic", "Copies a value to another key", Act::Ops(plan::copy)),
    writes("decr", (2, ONE, "1.0.0"), "string", "Subtracts one from a number", Act::Ops(plan::decr)),
    writes("decrby", (3, ONE, "1.0.0"), "string", "Subtracts from a number", Act::Ops(plan::decrby)),
    writes("del", (-2, ALL, "1.0.0"), "generic", "Deletes keys", Act::Ops(plan::del)),
    reads("exists", (-2, ALL, "1.0.0"), "generic", "Counts which keys exist", Act::Ops(plan::exists)),
    writes("expire", (-3, ONE, "1.0.0"), "generic", "Sets a key's time to live in seconds", Act::Ops(plan::expire)),
    writes(
        "expireat",
        (-3, ONE, "1.2.0"),
        "generic",
        "Sets a key's deadline as unix seconds",
        Act::Ops(plan::expireat),
    ),
    reads(
        "expiretime",
        (2, ONE, "7.0.0"),
        "generic",
        "Returns a key's deadline as unix seconds",
        Act::Ops(plan::expiretime),
    ),
    reads("get", (2, ONE, "1.0.0"), "string", "Returns a value", Act::Ops(plan::get)),
    writes("getdel", (2, ONE, "6.2.0"), "string", "Returns a value and deletes it", Act::Ops(plan::getdel)),
    writes("getex", (-2, ONE, "6.2.0"), "string", "Returns a value and sets its deadline", Act::Ops(plan::getex)),
    reads("getrange", (4, ONE, "2.4.0"), "string", "Returns a part of a value", Act::Ops(plan::getrange)),
    writes("getset", (3, ONE, "1.0.0"), "string", "Writes a value and returns the former one", Act::Ops(plan::getset)),
    writes("incr", (2, ONE, "1.0.0"), "string", "Adds one to a number", Act::Ops(plan::incr)),
    writes("incrby", (3, ONE, "1.0.0"), "string", "Adds to a number", Act::Ops(plan::incrby)),
    writes("incrbyfloat", (3, ONE, "2.6.0"), "string", "Adds to a decimal number", Act::Ops(plan::incrbyfloat)),
    reads("memory", (-2, SECOND, "4.0.0"), "server", "Tells about what an entry takes", Act::Ops(plan::memory)),
    reads("mget", (-2, ALL, "1.0.0"), "string", "Returns several values", Act::Ops(plan::mget)),
    writes("mset", (-3, PAIRS, "1.0.1"), "string", "Writes several values as one step", Act::Step(plan::mset)),
    writes(
        "msetnx",
        (-3, PAIRS, "1.0.1"),
        "string",
        "Writes several values if none of the keys exists",
        Act::Alone(Alone::MsetNx),
    ),
    reads("object", (-2, SECOND, "2.2.3"), "generic", "Tells how an entry is kept", Act::Ops(plan::object)),
    writes("persist", (2, ONE, "2.2.0"), "generic", "Removes a key's deadline", Act::Ops(plan::persist)),
    writes(
        "pexpire",
        (-3, ONE, "2.6.0"),
        "generic",
        "Sets a key's time to live in milliseconds",
        Act::Ops(plan::pexpire),
    ),
    writes(
        "pexpireat",
        (-3, ONE, "2.6.0"),
        "generic",
        "Sets a key's deadline as unix milliseconds",
        Act::Ops(plan::pexpireat),
    ),
    reads(
        "pexpiretime",
        (2, ONE, "7.0.0"),
        "generic",
        "Returns a key's deadline as unix milliseconds",
        Act::Ops(plan::pexpiretime),
    ),
    writes(
        "psetex",
        (4, ONE, "2.6.0"),
        "string",
        "Writes a value with a time to live in milliseconds",
        Act::Ops(plan::psetex),
    ),
    reads("pttl", (2, ONE, "2.6.0"), "generic", "Returns a key's time to live in milliseconds", Act::Ops(plan::pttl)),
    reads("randomkey", (1, NONE, "1.0.0"), "generic", "Returns any key", Act::Ops(plan::randomkey)),
    writes("rename", (3, TWO, "1.0.0"), "generic", "Renames a key", Act::Ops(plan::rename)),
    writes("renamenx", (3, TWO, "1.0.0"), "generic", "Renames a key if the new name is free", Act::Ops(plan::renamenx)),
    writes("set", (-3, ONE, "1.0.0"), "string", "Writes a value", Act::Ops(plan::set)),
    writes(
        "setex",
        (4, ONE, "2.0.0"),
        "string",
        "Writes a value with a time to live in seconds",
        Act::Ops(plan::setex),
    ),
    writes("setnx", (3, ONE, "1.0.0"), "string", "Writes a value if the key is free", Act::Ops(plan::setnx)),
    writes("setrange", (4, ONE, "2.2.0"), "string", "Overwrites a part of a value", Act::Ops(plan::setrange)),
    reads("strlen", (2, ONE, "2.2.0"), "string", "Returns a value's length", Act::Ops(plan::strlen)),
    reads("substr", (4, ONE, "1.0.0"), "string", "Returns a part of a value", Act::Ops(plan::getrange)),
    reads("touch", (-2, ALL, "3.2.1"), "generic", "Counts which keys exist, as uses of them", Act::Ops(plan::touch)),
    reads("ttl", (2, ONE, "1.0.0"), "generic", "Returns a key's time to live in seconds", Act::Ops(plan::ttl)),
    reads("type", (2, ONE, "1.0.0"), "generic", "Returns the type of a value", Act::Ops(plan::type_of)),
    writes("unlink", (-2, ALL, "4.0.0"), "generic", "Deletes keys", Act::Ops(plan::del)),
    reads("dbsize", (1, NONE, "1.0.0"), "server", "Counts the keys", Act::Alone(Alone::DbSize)),
    writes("flushall", (-1, NONE, "1.0.0"), "server", "Deletes all keys", Act::Alone(Alone::Flush)),
    writes("flushdb", (-1, NONE, "1.0.0"), "server", "Deletes all keys", Act::Alone(Alone::Flush)),
    reads("keys", (2, NONE, "1.0.0"), "generic", "Returns all keys that match a pattern", Act::Alone(Alone::Keys)),
    reads("scan", (-2, NONE, "2.8.0"), "generic", "Returns a page of keys", Act::Alone(Alone::Scan)),
    reads("discard", (1, NONE, "2.0.0"), "transactions", "Leaves a transaction", Act::Alone(Alone::Discard)),
    reads("exec", (1, NONE, "1.2.0"), "transactions", "Runs a transaction", Act::Alone(Alone::Exec)),
    reads("multi", (1, NONE, "1.2.0"), "transactions", "Begins a transaction", Act::Alone(Alone::Multi)),
    reads("unwatch", (1, NONE, "2.2.0"), "transactions", "Forgets all watched keys", Act::Alone(Alone::Unwatch)),
    reads(
        "watch",
        (-2, ALL, "2.2.0"),
        "transactions",
        "Watches keys for the next transaction",
        Act::Alone(Alone::Watch),
    ),
    writes("eval", (-3, NONE, "2.6.0"), "scripting", "Runs a script that is known", Act::Alone(Alone::Eval)),
    writes(
        "evalsha",
        (-3, NONE, "2.6.0"),
        "scripting",
        "Runs a script that is known, by its hash",
        Act::Alone(Alone::EvalSha),
    ),
    reads(
        "script",
        (-2, NONE, "2.6.0"),
        "scripting",
        "Loads scripts and tells which there are",
        Act::Alone(Alone::Script),
    ),
    reads("auth", (-2, NONE, "1.0.0"), "connection", "Authenticates", Act::Connection(connection::auth)),
    reads(
        "client",
        (-2, NONE, "2.4.0"),
        "connection",
        "Tells and sets what concerns clients",
        Act::Connection(client::client),
    ),
    reads("echo", (2, NONE, "1.0.0"), "connection", "Returns its argument", Act::Connection(connection::echo)),
    reads("hello", (-1, NONE, "6.0.0"), "connection", "Chooses the protocol", Act::Connection(connection::hello)),
    reads("ping", (-1, NONE, "1.0.0"), "connection", "Answers", Act::Connection(connection::ping)),
    reads("quit", (-1, NONE, "1.0.0"), "connection", "Ends the connection", Act::Connection(connection::quit)),
    reads("reset", (1, NONE, "6.2.0"), "connection", "Makes the connection as new", Act::Connection(connection::reset)),
    reads(
        "select",
        (2, NONE, "1.0.0"),
        "connection",
        "Chooses the database, of which there is one",
        Act::Connection(connection::select),
    ),
    reads("command", (-1, NONE, "2.8.13"), "server", "Describes commands", Act::Connection(describe::command)),
    reads("config", (-2, NONE, "2.0.0"), "server", "Tells parameters", Act::Connection(config::config)),
    reads("info", (-1, NONE, "1.0.0"), "server", "Describes the server", Act::Alone(Alone::Info)),
    reads(
        "lastsave",
        (1, NONE, "1.0.0"),
        "server",
        "Returns when the server began",
        Act::Connection(connection::lastsave),
    ),
    reads(
        "role",
        (1, NONE, "2.8.12"),
        "server",
        "Tells that this is a master without replicas",
        Act::Connection(connection::role),
    ),
    reads("slowlog", (-2, NONE, "2.2.12"), "server", "Returns requests that took long", Act::Connection(slow::slowlog)),
    reads("time", (1, NONE, "2.6.0"), "server", "Returns the time", Act::Connection(connection::time)),
    reads(
        "wait",
        (3, NONE, "3.0.0"),
        "generic",
        "Returns how many replicas have all writes: none",
        Act::Connection(connection::wait),
    ),
];
