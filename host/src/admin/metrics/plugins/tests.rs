//! One family for one name.

use super::*;

#[test]
fn a_name_of_two_providers_is_one_family_of_one_sort() {
    let mut families = BTreeMap::new();
    add(&mut families, "sent", PluginMetric::Counter(1.0), "provider=\"a\"".into());
    add(&mut families, "sent", PluginMetric::Counter(2.5), "provider=\"b\"".into());
    add(&mut families, "sent_total", PluginMetric::Gauge(9.0), "provider=\"c\"".into());
    add(&mut families, "queue", PluginMetric::Gauge(0.0), "provider=\"b\"".into());
    let shown: Vec<_> =
        families.iter().map(|(name, family)| (name.as_str(), family.sort, family.samples.len())).collect();
    assert_eq!(shown, [("outrigger_plugin_queue", "gauge", 1), ("outrigger_plugin_sent_total", "counter", 2)]);
}
