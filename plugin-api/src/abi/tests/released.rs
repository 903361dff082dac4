//! The present layout against that of every released version: what changed decides which number has to grow.
//!
//! `abi/released/MAJOR.MINOR.txt` is `abi/layout.txt` as that version shipped it; a release of a new minor adds its own.

use std::{fmt, path::Path};

use super::layout::{Listing, OTHERS, read};
use crate::manifest::API_VERSION;

/// What became of a released layout.
#[derive(Debug, PartialEq, Eq)]
enum Change {
    /// It is as it was.
    None,
    /// Tables have grown at their ends, or there are more types: plugins of before still load.
    Appended,
    /// Something else, with the types it happened to: plugins of before don't load.
    Broken(Vec<String>),
}

/// A released or present version: the numbers that say what loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        Some(Self { major: numbers.next()?.ok()?, minor: numbers.next()?.ok()? })
    }

    /// Returns the version that has to be reached after this change.
    const fn after(self, change: &Change) -> Self {
        match change {
            Change::None => self,
            Change::Appended => Self { major: self.major, minor: self.minor + 1 },
            Change::Broken(_) => Self { major: self.major + 1, minor: 0 },
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

fn change(released: &Listing, now: &Listing) -> Change {
    let broken = |(name, lines): &(&String, &Vec<String>)| !now.get(*name).is_some_and(|now| extends(name, lines, now));
    let broken: Vec<_> = released.iter().filter(broken).map(|(name, _)| name.clone()).collect();
    match (broken.is_empty(), released == now) {
        (false, _) => Change::Broken(broken),
        (true, false) => Change::Appended,
        (true, true) => Change::None,
    }
}

/// Tells whether a type is as it was, or a table with more at its end, or a list of others' types with more in it.
fn extends(name: &str, released: &[String], now: &[String]) -> bool {
    if name == OTHERS {
        return released.iter().all(|line| now.contains(line));
    }
    let (Some((head, fields)), Some((new_head, new_fields))) = (released.split_first(), now.split_first()) else {
        return released == now;
    };
    // `table, 3 fields in its first version, 16 bytes, align 8, C`: only the size grows, with the fields.
    let lasting = |head: &str| -> Vec<String> {
        head.split(", ").filter(|part| !part.ends_with(" bytes")).map(str::to_owned).collect()
    };
    if head.starts_with("table, ") {
        return lasting(head) == lasting(new_head) && new_fields.starts_with(fields);
    }
    released == now
}

#[test]
fn the_version_has_grown_as_the_layout_did() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/abi");
    let listing = |path: &Path| read(&std::fs::read_to_string(path).unwrap());
    let now = listing(&root.join("layout.txt"));
    let present = Version::read(API_VERSION).unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(root.join("released")).unwrap() {
        let path = entry.unwrap().path();
        let released = Version::read(path.file_stem().unwrap().to_str().unwrap()).unwrap();
        let changed = change(&listing(&path), &now);
        let least = released.after(&changed);
        assert!(
            present >= least,
            "the layout has changed since {released} ({changed:?}), so version {present} of plugin-api/Cargo.toml has to \
             become {least}.0 at least: docs/abi.md says what may change in which"
        );
        seen += 1;
    }
    assert!(seen > 0, "no released layout was compared");
    for minor in 0..present.minor {
        let file = root.join(format!("released/{}.{minor}.txt", present.major));
        assert!(file.is_file(), "{} is not kept: what it appended could change unnoticed", file.display());
    }
}

#[test]
fn each_change_asks_for_its_number() {
    let of = |types: &[(&str, &[&str])]| -> Listing {
        let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
        types.iter().map(|(name, one)| ((*name).to_owned(), lines(one))).collect()
    };
    let table = &["table, 2 fields in its first version, 16 bytes, align 8, C", "run: fn()", "size: fn()"][..];
    let view = &["struct, 16 bytes, align 8, C", "code: u64", "value: u64"][..];
    let others = &["Blob: 16 bytes, align 8"][..];
    let released = of(&[("Table", table), ("View", view), ("types of other crates", others)]);
    let with = |name: &str, lines: &[&str]| {
        let mut now = released.clone();
        now.extend(of(&[(name, lines)]));
        change(&released, &now)
    };
    let broken = |name: &str| Change::Broken(vec![name.to_owned()]);
    let grown = "table, 2 fields in its first version, 24 bytes, align 8, C";
    for (name, lines, expected) in [
        ("Table", table, Change::None),
        ("Table", &[grown, "run: fn()", "size: fn()", "later: fn()"], Change::Appended),
        ("New", view, Change::Appended),
        ("types of other crates", &["Blob: 16 bytes, align 8", "Vec: 24 bytes, align 8"], Change::Appended),
        ("types of other crates", &["Blob: 24 bytes, align 8"], broken("types of other crates")),
        ("Table", &[grown, "run: fn()", "later: fn()", "size: fn()"], broken("Table")),
        ("Table", &[table[0], "run: fn(u8)", "size: fn()"], broken("Table")),
        (
            "Table",
            &["table, 3 fields in its first version, 24 bytes, align 8, C", "run: fn()", "size: fn()"],
            broken("Table"),
        ),
        (
            "Table",
            &["table, 2 fields in its first version, 16 bytes, align 16, C", "run: fn()", "size: fn()"],
            broken("Table"),
        ),
        ("View", &["struct, 24 bytes, align 8, C", "code: u64", "value: u64", "more: u64"], broken("View")),
        ("View", &["struct, 16 bytes, align 8, C", "value: u64", "code: u64"], broken("View")),
    ] {
        assert_eq!(with(name, lines), expected, "{lines:?}");
    }
    let mut gone = released.clone();
    gone.remove("View");
    assert_eq!(change(&released, &gone), broken("View"));
    let one = Version { major: 1, minor: 3 };
    assert_eq!(one.after(&Change::None), one);
    assert_eq!(one.after(&Change::Appended).to_string(), "1.4");
    assert_eq!(one.after(&Change::Broken(Vec::new())).to_string(), "2.0");
    assert!(Version::read("1.10.0").unwrap() > Version::read("1.9").unwrap());
}
