//! Posts monitoring records as signed JSON batches to an address of the user's.

use outrigger_plugin_api::{export_plugin, sdk::monitoring::Event};
use outrigger_webhook::Webhook;

export_plugin! {
    monitoring: Webhook<Event>,
    description: "Posts monitoring records as JSON batches to an address of yours, signed",
    settings: include_str!("../settings.schema.json"),
}
