//! Scanning, clearing, counting.

use std::collections::BTreeSet;

use super::{
    Store,
    trial::{Checked, STORED, Trial, delete, exists, get, require, set, show_bytes, value},
};
use crate::sdk::cache::{Reply, ScanRequest};
use crate::sdk::{Bytes, Call};

/// Most pages a scan of this suite may take: a cursor that runs in circles ends the case.
const PAGES_MAX: usize = 100_000;

/// Lists the keys with a prefix, running `between` after each page.
async fn scan_with<F: Future<Output = Checked>>(
    t: &Trial,
    prefix: &Bytes,
    count: u32,
    between: impl Fn(usize) -> F,
) -> Checked<BTreeSet<Bytes>> {
    let (mut found, mut cursor) = (BTreeSet::new(), Bytes::new());
    for page in 0..PAGES_MAX {
        let request = ScanRequest { cursor, prefix: prefix.clone(), count };
        let answer = t.subject.scan(Call::unbounded(), request).await;
        let listed = answer.map_err(|error| format!("the scan failed on page {}: {error}", page + 1))?;
        found.extend(listed.keys);
        match listed.next {
            None => return Ok(found),
            Some(next) => cursor = next,
        }
        between(page).await?;
    }
    Err(format!("the scan did not end after {PAGES_MAX} pages"))
}

async fn scan(t: &Trial, prefix: &Bytes, count: u32) -> Checked<BTreeSet<Bytes>> {
    scan_with(t, prefix, count, |_| async { Ok(()) }).await
}

async fn fill(t: &Trial, keys: &[Bytes]) -> Checked {
    let writes = keys.iter().map(|key| set(key, "v")).collect();
    let results = t.subject.run(Call::unbounded(), writes).await.map_err(|error| error.to_string())?;
    let stored = results.iter().filter(|result| **result == Ok(STORED)).count();
    require(stored == keys.len(), || format!("stored {stored} of {} keys", keys.len()))
}

fn same(found: &BTreeSet<Bytes>, expected: &BTreeSet<Bytes>) -> Checked {
    let missed = expected.difference(found).next().map(|key| format!("misses {}", show_bytes(key)));
    let extra = found.difference(expected).next().map(|key| format!("holds {}", show_bytes(key)));
    missed.or(extra).map_or(Ok(()), |what| Err(format!("the scan {what} ({} keys)", found.len())))
}

pub(super) async fn a_scan_lists_every_key_once_present(t: &Trial) -> Checked {
    let keys: Vec<Bytes> = (0..300).map(|number| t.key(format!("k{number}"))).collect();
    same(&scan(t, &t.key("k"), 10).await?, &BTreeSet::new())?;
    fill(t, &keys).await?;
    let expected: BTreeSet<Bytes> = keys.into_iter().collect();
    for count in [1, 10, 1000, u32::MAX] {
        same(&scan(t, &t.key("k"), count).await?, &expected).map_err(|text| format!("count {count}: {text}"))?;
    }
    Ok(())
}

pub(super) async fn a_scan_keeps_to_its_prefix(t: &Trial) -> Checked {
    // Were a prefix read as a pattern, these would find each other or nothing.
    let names: [&[u8]; 14] =
        [b"a", b"ab", b"b", b"*", b"*x", b"?", b"[a]", b"[ab", b"\\", b"\\*", b"\\\\", b"^a", b"\xff\0", b"\xff\0\xff"];
    let keys: Vec<Bytes> = names.iter().map(|name| t.key(name)).collect();
    fill(t, &keys).await?;
    for name in names {
        let prefix = t.key(name);
        let expected = keys.iter().filter(|key| key.starts_with(&prefix)).cloned().collect();
        same(&scan(t, &prefix, 10).await?, &expected).map_err(|text| format!("{}: {text}", show_bytes(name)))?;
    }
    Ok(())
}

pub(super) async fn a_scan_misses_nothing_that_stays(t: &Trial) -> Checked {
    let lasting: Vec<Bytes> = (0..200).map(|number| t.key(format!("k lasting {number}"))).collect();
    let passing: Vec<Bytes> = (0..200).map(|number| t.key(format!("k passing {number}"))).collect();
    fill(t, &lasting).await?;
    fill(t, &passing).await?;
    let added: Vec<Bytes> = (0..400).map(|number| t.key(format!("k added {number}"))).collect();
    let prefix = t.key("k");
    let found = scan_with(t, &prefix, 20, |page| {
        // Shrinks and grows the store while it is listed.
        let (ends, comes) = (passing.get(page), added.get(page * 4..page * 4 + 4).unwrap_or_default());
        async move {
            if let Some(key) = ends {
                t.expect(delete(key), Reply::Yes).await?;
            }
            fill(t, comes).await
        }
    });
    let found = found.await?;
    let missed = lasting.iter().filter(|key| !found.contains(*key)).count();
    require(missed == 0, || format!("{missed} of {} keys that stayed were not listed", lasting.len()))
}

pub(super) async fn clear_deletes_by_prefix(t: &Trial) -> Checked {
    let clear = async |prefix: Bytes| t.subject.clear(Call::unbounded(), prefix).await.map_err(|e| e.to_string());
    let keys: Vec<Bytes> = (0..250).map(|number| t.key(format!("a*{number}"))).collect();
    let (near, other) = (t.key("ab"), t.key("b"));
    fill(t, &keys).await?;
    fill(t, &[near.clone(), other.clone()]).await?;
    let cleared = clear(t.key("a*")).await?;
    require(cleared == 250, || format!("deleted {cleared} of 250 keys"))?;
    let gone = keys.first().map(get).ok_or("no keys")?;
    t.steps([(gone, Reply::Missing), (get(&near), value("v")), (exists(&other), Reply::Yes)]).await?;
    let again = clear(t.key("a*")).await?;
    require(again == 0, || format!("deleted {again} keys of none"))
}

pub(super) async fn clear_and_size_count_everything(t: &Trial) -> Checked {
    let size = || t.subject.size(Call::unbounded());
    let entries = async || size().await.map(|size| size.entries).map_err(|error| error.to_string());
    let keys: Vec<Bytes> = (0..25).map(|number| t.key(format!("k{number}"))).collect();
    if t.options.store == Store::Shared {
        return entries().await.map(drop);
    }
    let clear = async || t.subject.clear(Call::unbounded(), Bytes::new()).await.map_err(|error| error.to_string());
    // What ended but was not yet swept may be counted: sizes are compared from a clean start.
    clear().await?;
    fill(t, &keys).await?;
    let (counted, expected) = (entries().await?, 25);
    require(counted.is_none_or(|counted| counted == expected), || format!("counts {counted:?} of {expected}"))?;
    let cleared = clear().await?;
    require(cleared == expected, || format!("deleted {cleared} of {expected} keys"))?;
    let left = entries().await?;
    require(left.is_none_or(|left| left == 0), || format!("counts {left:?} after clearing everything"))
}
