//! The child: loads the library as a host does, runs every case, and says each step as it comes.

use std::{path::Path, sync::Arc};

use outrigger_plugin_api::{
    conformance::{
        Progress,
        cache::{self, Options},
        sink,
    },
    manifest::Kind,
    sdk::{Call, ProviderError},
};

use super::super::super::{Exit, arguments::SourceArguments, output::line};
use super::{
    TestArguments,
    message::{Ended, Message},
    setup::{Setup, setup},
};
use crate::{
    call::CacheCalls,
    conformance::{LoadedCache, LoadedSink, run_seam},
    host::world,
    observe,
    plugin::{Failure, Registry, Slot, State, Switch, World, inspect::inspect, start_slot},
};

/// Runs the cases. The exit code says nothing: the messages do.
pub(super) fn run(arguments: &TestArguments, sources: &SourceArguments, word: &str, store: &Path) -> Exit {
    let say = |message: Message| line(&message.line(word));
    let refused = |code: &str, message: String, help: String| {
        say(Message::Refused { code: code.to_owned(), message, help });
        Exit::Failed
    };
    let manifest = match inspect(&arguments.file) {
        Ok(manifest) => manifest,
        Err(error) => return refused(error.code(), error.to_string(), error.help()),
    };
    let Ok(setup) = setup(&arguments.file, manifest, arguments.settings.as_ref(), sources, store) else {
        return refused("cli.plugin_child", "the settings changed since they were checked".into(), "again".into());
    };
    observe::init(&setup.config.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refused("host.runtime", error.to_string(), "check the limits of the system".into()),
    };
    let watch = |progress: Progress<'_>| match progress {
        Progress::Begins(case) => say(Message::Begins { case: case.to_owned() }),
        Progress::Ends(case, verdict) => say(Message::Ends { case: case.to_owned(), ended: Ended::from(verdict) }),
    };
    // What of the plugin still runs is no reason to wait: the parent has all it needs.
    let ended = runtime.block_on(async { Subject { world: world(&setup.config), setup }.test(&watch).await });
    runtime.shutdown_background();
    match ended {
        Ok(()) => {
            say(Message::Done);
            Exit::Ok
        }
        Err(Message::Refused { code, message, help }) => refused(&code, message, help),
        Err(_) => Exit::Failed,
    }
}

struct Subject {
    setup: Setup,
    world: World,
}

impl Subject {
    /// Runs the suite of the plugin's kind, then the faults of the seam.
    async fn test(&self, watch: &(dyn Fn(Progress<'_>) + Send + Sync)) -> Result<(), Message> {
        let first = self.start().await;
        if let State::Failed(failure) = first.state() {
            let Failure { code, message, help } = failure.clone();
            return Err(Message::Refused { code: code.to_owned(), message, help });
        }
        match self.setup.provider.kind {
            Kind::Cache => {
                // The store may hold other keys, and another such run may be under way.
                let options = Options::new(format!("outrigger-plugin-test:{}:", std::process::id()));
                let subject =
                    Arc::new(LoadedCache(CacheCalls::new(Arc::new(Switch::new(Registry::new(vec![first.clone()]))))));
                cache::run_watched(subject, options, watch).await;
                end(&first).await;
            }
            Kind::Monitoring | Kind::Analytics => {
                end(&first).await;
                sink::run_watched(async || self.sink().await, sink::Options::default(), watch).await;
            }
        }
        run_seam(async || self.start().await, watch).await;
        Ok(())
    }

    async fn start(&self) -> Arc<Slot> {
        start_slot(self.setup.provider.clone(), &self.setup.catalog, &self.world).await
    }

    async fn sink(&self) -> Result<sink::Fixture<LoadedSink>, ProviderError> {
        LoadedSink::new(self.start().await).map(sink::Fixture::new)
    }
}

/// Ends a provider that is not used any more. How well it does is what the cases on ends are for.
async fn end(slot: &Slot) {
    if let Some(provider) = slot.provider() {
        let _ = provider.shutdown(Call::within(slot.config.timeout)).await;
    }
}
