//! Posts analytics as signed JSON batches to an address of the user's.

use outrigger_plugin_api::{export_plugin, sdk::analytics::Event};
use outrigger_webhook::Webhook;

export_plugin! {
    analytics: Webhook<Event>,
    description: "Posts analytics as JSON batches to an address of yours, signed",
    settings: include_str!("../settings.schema.json"),
}
