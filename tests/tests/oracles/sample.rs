//! Monitoring records of every shape: errors, messages and timings.

use outrigger::plugin_api::sdk::monitoring::sort;
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::TestRunner,
};
use serde_json::{Map, Value, json};

/// A record: its sort and body.
pub(crate) type Sample = (u16, Value);

/// Returns `count` records, the same ones in every run.
pub(crate) fn generated(count: usize) -> Vec<Sample> {
    let (mut runner, any) = (TestRunner::deterministic(), sample());
    (0..count).map(|_| any.new_tree(&mut runner).unwrap().current()).collect()
}

fn sample() -> impl Strategy<Value = Sample> {
    prop_oneof![3 => error(), 1 => event(), 1 => span()]
}

/// Text of any characters, often none; sometimes longer than what Sentry keeps of a message.
fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => any::<String>().prop_map(Value::from),
        4 => "[a-z]{1,12}".prop_map(Value::from),
        1 => "[ -~\n]{0,40}".prop_map(|some| Value::from(some.repeat(300))),
    ]
}

fn object() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        text(),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        text().prop_map(|inner| json!({ "list": [inner, [1, null]] })),
    ];
    btree_map(any::<String>(), value, 0..4).prop_map(|members| members.into_iter().collect::<Map<_, _>>().into())
}

fn strings() -> impl Strategy<Value = Value> {
    let name = prop_oneof!["[a-z.-]{1,40}", any::<String>()];
    btree_map(name, any::<String>(), 0..4).prop_map(|members| json!(members))
}

/// Returns an object of some of these members: each is there or not.
fn some(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let member = |(name, value): (&'static str, BoxedStrategy<Value>)| {
        option::of(value).prop_map(move |value| value.map(|value| (name.to_owned(), value)))
    };
    let members: Vec<_> = members.into_iter().map(member).collect();
    members.prop_map(|members| members.into_iter().flatten().collect::<Map<_, _>>().into()).boxed()
}

/// From 2020 to 2026, in milliseconds.
fn moment() -> BoxedStrategy<Value> {
    (1_577_836_800_000..1_795_392_000_000_u64).prop_map(Value::from).boxed()
}

fn severity() -> BoxedStrategy<Value> {
    select(vec!["debug", "info", "warning", "error", "fatal"]).prop_map(Value::from).boxed()
}

fn user() -> BoxedStrategy<Value> {
    let address = select(vec!["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "no address", ""]);
    let member = || text().boxed();
    some(vec![
        ("id", member()),
        ("email", member()),
        ("username", member()),
        ("ip_address", address.prop_map(Value::from).boxed()),
    ])
}

fn request() -> BoxedStrategy<Value> {
    let url = select(vec!["https://shop.test/a?q=1&q=2#f", "http://[::1]:8080/ä ö", "/only/a/path", "", "mailto:x"]);
    some(vec![
        ("method", prop_oneof![Just(json!("GET")), text()].boxed()),
        ("url", url.prop_map(Value::from).boxed()),
        ("status", any::<u16>().prop_map(Value::from).boxed()),
        ("headers", strings().boxed()),
    ])
}

fn breadcrumb() -> BoxedStrategy<Value> {
    some(vec![
        ("timestamp_ms", moment()),
        ("category", text().boxed()),
        ("message", text().boxed()),
        ("severity", severity()),
        ("data", object().boxed()),
    ])
}

fn context() -> BoxedStrategy<Value> {
    some(vec![
        ("severity", severity()),
        ("timestamp_ms", moment()),
        ("logger", text().boxed()),
        ("user", user()),
        ("tags", strings().boxed()),
        ("extra", object().boxed()),
        ("request", request()),
        ("release", release()),
        ("environment", environment()),
        ("breadcrumbs", vec(breadcrumb(), 0..4).prop_map(Value::from).boxed()),
        ("trace_id", prop_oneof!["[0-9a-f]{32}", "0{32}", "[a-z]{0,9}"].prop_map(Value::from).boxed()),
        ("span_id", prop_oneof!["[0-9a-f]{16}", "0{16}", "[a-z]{0,9}"].prop_map(Value::from).boxed()),
    ])
}

fn release() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => Just(json!("shop@1.4.2+7")),
        1 => select(vec!["", ".", "..", "a/b", "a\nb", "latest"]).prop_map(Value::from),
        1 => text(),
    ]
    .boxed()
}

fn environment() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => Just(json!("production")),
        1 => select(vec!["", "none", "None", "a/b", "two words"]).prop_map(Value::from),
        1 => text(),
    ]
    .boxed()
}

fn frame() -> BoxedStrategy<Value> {
    some(vec![
        ("function", text().boxed()),
        ("module", text().boxed()),
        ("file", text().boxed()),
        ("line", any::<u32>().prop_map(Value::from).boxed()),
        ("column", any::<u32>().prop_map(Value::from).boxed()),
        ("in_app", any::<bool>().prop_map(Value::from).boxed()),
    ])
}

fn exception() -> BoxedStrategy<Value> {
    let optional = some(vec![("module", text().boxed()), ("frames", vec(frame(), 0..5).prop_map(Value::from).boxed())]);
    (text(), text(), optional)
        .prop_map(|(name, value, optional)| with(json!({ "type": name, "value": value }), optional))
        .boxed()
}

/// Adds the members of one object to another.
fn with(mut object: Value, more: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut object, more) else { return object };
    members.extend(more);
    object
}

fn error() -> BoxedStrategy<Sample> {
    let own = (vec(exception(), 1..4), any::<bool>(), vec(text(), 0..3));
    (own, context())
        .prop_map(|((exceptions, handled, fingerprint), context)| {
            let own = json!({
                "type": "error", "exceptions": exceptions, "handled": handled, "fingerprint": fingerprint,
            });
            (sort::ERROR, with(own, context))
        })
        .boxed()
}

fn event() -> BoxedStrategy<Sample> {
    (text(), object(), context())
        .prop_map(|(name, properties, context)| {
            (sort::EVENT, with(json!({ "type": "event", "name": name, "properties": properties }), context))
        })
        .boxed()
}

fn span() -> BoxedStrategy<Sample> {
    let status = select(vec!["in_progress", "ok", "error", "crashed", "timeout"]);
    // From 2020 to 2026, for at most a day, in microseconds.
    let times = (1_577_836_800_000_000..1_795_392_000_000_000_u64, 0..86_400_000_000_u64);
    ((text(), text(), status, object()), times, context())
        .prop_map(|((name, operation, status, fields), (start_us, duration_us), context)| {
            let own = json!({
                "type": "span", "name": name, "operation": operation, "start_us": start_us,
                "duration_us": duration_us, "status": status, "fields": fields,
            });
            (sort::SPAN, with(own, context))
        })
        .boxed()
}
