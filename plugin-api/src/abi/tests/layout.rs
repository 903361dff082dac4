//! The layout of every frozen type against `abi/layout.txt`: a change to the seam shows in review, or fails here.
//!
//! What may change is said in docs/abi.md: a table may grow at its end, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
};

use abi_stable::{
    StableAbi,
    type_layout::{TLData, TLField, TLFields, TLFunction, TLPrimitive, TypeLayout},
};

use crate::abi::PluginRoot_Ref;

const HEAD: &str = "\
The frozen layer: every type that crosses the seam, as abi_stable sees it on a 64-bit target. docs/abi.md says what may
change. `OUTRIGGER_UPDATE_ABI=1 cargo test -p outrigger-plugin-api frozen` writes this file anew.
";

/// Whose types are listed with their fields; those of others are pinned by their crates' exact versions.
const OURS: &str = "outrigger-plugin-api";

/// What stands above the sizes of others' types.
pub(super) const OTHERS: &str = "types of other crates";

/// Types by name, each with its lines.
pub(super) type Listing = BTreeMap<String, Vec<String>>;

#[derive(Default)]
struct Walk {
    seen: BTreeSet<usize>,
    ours: Listing,
    others: BTreeSet<String>,
}

impl Walk {
    fn visit(&mut self, layout: &'static TypeLayout) {
        if !self.seen.insert(std::ptr::from_ref(layout).addr()) {
            return;
        }
        let size = format!("{} bytes, align {}", layout.size(), layout.alignment());
        let (sort, fields) = match layout.data() {
            TLData::Struct { fields } => ("struct".to_owned(), fields.to_vec()),
            TLData::Union { fields } => ("union".to_owned(), fields.to_vec()),
            TLData::Enum(of) => {
                let variants: Vec<_> = of.variant_names_iter().collect();
                (format!("enum {{ {} }} as {:?}", variants.join(", "), of.discriminants), of.fields.to_vec())
            }
            TLData::PrefixType(table) => {
                (format!("table, {} fields in its first version", table.first_suffix_field), table.fields.to_vec())
            }
            TLData::Primitive(_) | TLData::Opaque => (String::new(), Vec::new()),
        };
        if layout.package() == OURS {
            let lines = std::iter::once(format!("{sort}, {size}, {:?}", layout.repr_attr()));
            let place = layout.mod_path().to_string().replace("outrigger_plugin_api::", "");
            self.ours.insert(format!("{place}::{}", name(layout)), lines.chain(fields.iter().map(field)).collect());
        } else if !fields.is_empty() && layout.size() > 0 {
            self.others.insert(format!("{}: {size}", name(layout)));
        }
        for field in fields.iter().chain(&layout.phantom_fields().to_vec()) {
            self.visit(field.layout());
            for function in field.function_range().iter() {
                function.param_type_layouts.iter().for_each(|parameter| self.visit(parameter()));
                function.return_type_layout().into_iter().for_each(|returned| self.visit(returned()));
            }
        }
    }

    /// Returns the listing, with the types of others as one more entry.
    fn listing(mut self) -> Listing {
        self.ours.insert(OTHERS.into(), self.others.into_iter().collect());
        self.ours
    }
}

/// Returns the type as one would write it, without lifetimes: abi_stable leaves out most parameters.
fn name(layout: &TypeLayout) -> String {
    let of = parameters(layout);
    let inner = || of.first().map(|inner| name(inner)).unwrap_or_default();
    match layout.data() {
        TLData::Primitive(TLPrimitive::SharedRef) => format!("&{}", inner()),
        TLData::Primitive(TLPrimitive::MutRef) => format!("&mut {}", inner()),
        TLData::Primitive(TLPrimitive::ConstPtr) => format!("*const {}", inner()),
        TLData::Primitive(TLPrimitive::MutPtr) => format!("*mut {}", inner()),
        TLData::Primitive(TLPrimitive::Array) => {
            format!("[{}; {}]", inner(), layout.size() / of.first().map_or(1, |inner| inner.size()))
        }
        _ if of.is_empty() => layout.name().to_owned(),
        _ => format!("{}<{}>", layout.name(), of.iter().map(|of| name(of)).collect::<Vec<_>>().join(", ")),
    }
}

/// Returns the types that a generic one was made of.
fn parameters(layout: &TypeLayout) -> Vec<&'static TypeLayout> {
    let field = |name: &str| layout.get_fields().and_then(|fields| fields.iter().find(|field| field.name() == name));
    let layouts = |fields: TLFields| fields.iter().map(|field| field.layout()).collect();
    match (layout.name(), layout.data()) {
        ("RResult" | "FfiPoll", TLData::Enum(of)) => layouts(of.fields),
        ("RVec" | "RSlice", _) => field("_marker").map(|field| parameters(field.layout())).unwrap_or_default(),
        ("Outcome", TLData::Enum(of)) => of.fields.get(0).map(|ready| parameters(ready.layout())).unwrap_or_default(),
        ("BorrowingFfiFuture" | "LocalBorrowingFfiFuture", _) => {
            let poll = field("poll_fn").and_then(|field| field.function_range().get(0));
            poll.and_then(|poll| poll.return_type_layout()).map(|polled| parameters(polled())).unwrap_or_default()
        }
        _ => layout.generics().type_params().iter().map(|of| of()).collect(),
    }
}

fn field(field: &TLField) -> String {
    let functions: Vec<_> = field.function_range().iter().map(|function| signature(&function)).collect();
    let of = if functions.is_empty() { name(field.layout()) } else { functions.join("; ") };
    format!("{}: {of}", field.name())
}

fn signature(function: &TLFunction) -> String {
    let parameters: Vec<_> = function.param_type_layouts.iter().map(|parameter| name(parameter())).collect();
    let returned = function.return_type_layout().map_or_else(|| "()".to_owned(), |returned| name(returned()));
    let unsafely = if function.fn_qualifs.is_unsafe() { "unsafe " } else { "" };
    format!("{unsafely}fn({}) -> {returned}", parameters.join(", "))
}

fn written(listing: &Listing) -> String {
    let mut text = HEAD.to_owned();
    for (name, lines) in listing {
        let _ = write!(text, "\n{name}\n");
        lines.iter().for_each(|line| writeln!(text, "    {line}").unwrap());
    }
    text
}

pub(super) fn read(text: &str) -> Listing {
    let mut listing = Listing::new();
    let mut name = None;
    for line in text.lines().skip(HEAD.lines().count()).filter(|line| !line.is_empty()) {
        match (line.strip_prefix("    "), &name) {
            (Some(line), Some(name)) => listing.entry(String::clone(name)).or_default().push(line.to_owned()),
            _ => name = Some(line.to_owned()),
        }
    }
    listing
}

/// Says which types differ, each with the lines that only one side has.
fn difference(frozen: &Listing, now: &Listing) -> String {
    let (mut text, none) = (String::new(), Vec::new());
    for name in frozen.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        let (before, after) = (frozen.get(name).unwrap_or(&none), now.get(name).unwrap_or(&none));
        if before != after {
            let _ = writeln!(text, "{name}");
            let only = |one: &[String], other: &[String], mark: char| {
                let lines = one.iter().filter(|line| !other.contains(line));
                lines.map(|line| format!("  {mark} {line}\n")).collect::<String>()
            };
            text += &only(before, after, '-');
            text += &only(after, before, '+');
            if before.len() == after.len() && before.iter().all(|line| after.contains(line)) {
                text += "  the same fields in another order\n";
            }
        }
    }
    text
}

#[cfg(target_pointer_width = "64")]
#[test]
fn the_frozen_layer_is_as_it_was() {
    let mut walk = Walk::default();
    walk.visit(<PluginRoot_Ref as StableAbi>::LAYOUT);
    let now = walk.listing();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/abi/layout.txt");
    // A variable of its own: whoever writes schemas and pages anew must not freeze a broken seam by the way.
    if std::env::var_os("OUTRIGGER_UPDATE_ABI").is_some() {
        std::fs::write(&path, written(&now)).unwrap();
    }
    let frozen = read(&std::fs::read_to_string(&path).unwrap_or_default());
    assert!(
        frozen == now,
        "the frozen layer changed; plugins built before may not load (docs/abi.md):\n{}",
        difference(&frozen, &now)
    );
}

#[test]
fn a_difference_names_type_and_field() {
    let listing = |lines: &[&str]| Listing::from([("Type".into(), lines.iter().map(|&line| line.into()).collect())]);
    let (frozen, empty) = (listing(&["struct", "a: u8", "b: u8"]), Listing::new());
    for (now, expected) in [
        (listing(&["struct", "a: u8", "b: u16"]), "Type\n  - b: u8\n  + b: u16\n"),
        (listing(&["struct", "a: u8", "b: u8", "c: u8"]), "Type\n  + c: u8\n"),
        (listing(&["struct", "b: u8", "a: u8"]), "Type\n  the same fields in another order\n"),
        (empty, "Type\n  - struct\n  - a: u8\n  - b: u8\n"),
        (frozen.clone(), ""),
    ] {
        assert_eq!(difference(&frozen, &now), expected);
    }
    assert_eq!(read(&written(&frozen)), frozen);
}
