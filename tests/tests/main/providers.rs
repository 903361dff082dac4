//! docs/providers.md, the table of every provider: made from the manifests of the built plugins.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use outrigger::{
    manifest::{Kind, Manifest},
    plugin::Catalog,
};
use outrigger_tests::plugins;

const HEAD: &str = "\
# Providers

<!-- Generated from the plugins' manifests: `cargo xtask dist`, then
     `OUTRIGGER_UPDATE=1 cargo xtask test providers`. The sizes are those of `dist/` at that time. -->

Each is one library in the plugin folder; select it by its name, set what it needs, restart. `outrigger plugin inspect
NAME` prints every setting. The idempotency class says whether the backend recognises an event that is sent twice
([delivery](delivery.md)).
";

/// Returns the plugins of this repository by kind, sorted by name. Tests build others beside them.
fn shipped() -> BTreeMap<Kind, Vec<Manifest>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let mut shipped: BTreeMap<Kind, Vec<Manifest>> = BTreeMap::new();
    for found in Catalog::read(&[plugins::built()]).found {
        let Some(kind) = found.manifest.kinds.first().copied() else { continue };
        let provider = found.manifest.name.trim_start_matches(kind.as_str()).trim_start_matches('_').to_owned();
        if root.join(kind.as_str()).join(&provider).is_dir() {
            shipped.entry(kind).or_default().push(found.manifest);
        }
    }
    shipped
}

/// Returns the file's size in `dist/`, or `was` where there is none.
fn size(manifest: &Manifest, was: Option<&str>) -> String {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let file = format!("../dist/plugins/{prefix}{}{suffix}", manifest.name);
    match std::fs::metadata(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)) {
        Ok(metadata) => format!("{:.1} MiB", metadata.len() as f64 / f64::from(1 << 20)),
        Err(_) => was.unwrap_or("?").to_owned(),
    }
}

fn environment(manifest: &Manifest) -> String {
    let properties = manifest.settings.get("properties").and_then(|found| found.as_object());
    let names = properties.into_iter().flatten().filter_map(|(_, property)| property.get("x-env")?.as_str());
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn capabilities(manifest: &Manifest) -> String {
    let (can, lacks) = manifest.capability_names();
    let cache = manifest.kinds.first() == Some(&Kind::Cache);
    match (cache, lacks.as_slice()) {
        (true, []) => "everything".to_owned(),
        (true, lacks) => format!("everything but {}", lacks.join(", ")),
        (false, _) => can.join(", "),
    }
}

fn batch(manifest: &Manifest) -> String {
    let kib = manifest.batch_bytes_max / 1024;
    let bytes =
        if kib >= 1024 && kib.is_multiple_of(1024) { format!("{} MiB", kib / 1024) } else { format!("{kib} KiB") };
    format!("{} records, {bytes}", manifest.batch_count_max)
}

/// Makes the page. `sizes` are those it had, by plugin.
fn page(sizes: &BTreeMap<String, String>) -> String {
    let mut page = HEAD.to_owned();
    for (kind, manifests) in shipped() {
        let title = match kind {
            Kind::Cache => "Cache: one at a time",
            Kind::Monitoring => "Monitoring: several at once",
            Kind::Analytics => "Analytics: several at once",
        };
        let _ = writeln!(page, "\n## {title}\n");
        let sink = kind != Kind::Cache;
        let (columns, lines) = if sink { (" Idempotency | Batch |", " --- | --- |") } else { ("", "") };
        let _ = writeln!(page, "| Provider | What it is | Takes |{columns} Environment | Size |");
        let _ = writeln!(page, "| --- | --- | --- |{lines} --- | ---: |");
        for manifest in manifests {
            let provider = manifest.name.trim_start_matches(kind.as_str()).trim_start_matches('_');
            let link = format!("[`{provider}`](../plugins/{kind}/{provider}/README.md)");
            let more = if sink { format!(" {} | {} |", manifest.idempotency, batch(&manifest)) } else { String::new() };
            let size = size(&manifest, sizes.get(provider).map(String::as_str));
            let (about, takes, variables) = (&manifest.description, capabilities(&manifest), environment(&manifest));
            let _ = writeln!(page, "| {link} | {about} | {takes} |{more} {variables} | {size} |");
        }
    }
    page
}

/// Reads the last column by provider.
fn sizes(page: &str) -> BTreeMap<String, String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| [`")?.strip_suffix(" |"));
    let read = |row: &str| Some((row.split_once('`')?.0.to_owned(), row.rsplit_once("| ")?.1.to_owned()));
    rows.filter_map(read).collect()
}

/// Returns the page without what differs from build to build.
fn without_sizes(page: &str) -> String {
    page.lines()
        .map(|line| if line.starts_with("| [") { line.rsplit_once("| ").map_or(line, |row| row.0) } else { line })
        .collect()
}

#[test]
fn the_table_of_providers_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/providers.md");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let page = page(&sizes(&kept));
    if std::env::var_os("OUTRIGGER_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page.lines().filter(|line| line.starts_with("| [")).count() >= 4, "no plugins were found");
    assert!(
        without_sizes(&kept) == without_sizes(&page),
        "docs/providers.md is stale; run `OUTRIGGER_UPDATE=1 cargo xtask test providers`"
    );
}
