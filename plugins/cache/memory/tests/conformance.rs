//! The cache suite over the provider in this process, through the same glue as a loaded library.

use std::sync::Arc;

use cache_memory::OutriggerPlugin;
use outrigger_plugin_api::{
    conformance::cache::{InProcess, Options, run},
    sdk::Call,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_memory_cache_conforms() {
    let subject = InProcess::start::<OutriggerPlugin>("memory", "{}").await.expect("a provider");
    let subject = Arc::new(subject);
    run(subject.clone(), Options::new("").exclusive()).await.assert_ok();
    subject.shutdown(Call::unbounded()).await.expect("a shutdown");
}
