//! The root table of a plugin, over what the macro generates.
#![expect(unsafe_code, reason = "abi_stable's header constructor is unsafe; proof at the block")]

use abi_stable::{
    library::{__call_root_module_loader, CheckTypeLayout, RootModuleResult},
    prefix_type::PrefixTypeTrait,
};

use super::{bridge, guard::guard};
use crate::abi::{
    BuiltCache, BuiltSink, HostServices_Ref, InstanceView, Outcome, PluginRoot, PluginRoot_Ref, RResult, RSlice, Res,
    wire,
};
use crate::sdk::ProviderError;

pub use abi_stable::library::LibHeader;

/// What [`export_plugin!`](crate::export_plugin) implements for a plugin.
pub trait Plugin: 'static {
    /// Returns the manifest's bytes, as they stand in the section.
    fn manifest() -> &'static [u8];
    /// Checks settings without starting anything.
    ///
    /// # Errors
    /// `settings` where they don't fit; a retry can't help.
    fn validate(view: &InstanceView<'_>) -> Result<(), ProviderError>;
    /// Starts a cache provider.
    fn start_cache(_view: &InstanceView<'_>) -> Outcome<BuiltCache> {
        Outcome::unsupported()
    }
    /// Starts a monitoring or analytics provider.
    fn start_sink(_view: &InstanceView<'_>) -> Outcome<BuiltSink> {
        Outcome::unsupported()
    }
}

/// Returns the header that the library exports.
pub const fn header<P: Plugin>() -> LibHeader {
    // SAFETY: the constructor erases exactly a PluginRoot_Ref: `load` has no other type to return.
    unsafe { LibHeader::from_constructor::<PluginRoot_Ref>(load::<P>, CheckTypeLayout::Yes) }
}

extern "C" fn load<P: Plugin>() -> RootModuleResult {
    __call_root_module_loader(root::<P>)
}

fn root<P: Plugin>() -> PluginRoot_Ref {
    PluginRoot {
        manifest: manifest::<P>,
        attach,
        set_log_level,
        validate: validate::<P>,
        new_cache: new_cache::<P>,
        new_sink: new_sink::<P>,
    }
    .leak_into_prefix()
}

extern "C" fn manifest<P: Plugin>() -> RSlice<'static, u8> {
    RSlice::from_slice(P::manifest())
}

extern "C" fn attach(services: HostServices_Ref, level: u8) -> Res<()> {
    crossing(guard(|| {
        bridge::attach(services, level);
        Ok(())
    }))
}

extern "C" fn set_log_level(level: u8) {
    // An error here could only be a panic in tracing's cache; the level is set before that.
    let _ = guard(|| {
        bridge::set_level(level);
        Ok(())
    });
}

extern "C" fn validate<P: Plugin>(view: &InstanceView<'_>) -> Res<()> {
    crossing(guard(|| P::validate(view)))
}

extern "C" fn new_cache<P: Plugin>(view: &InstanceView<'_>) -> Outcome<BuiltCache> {
    super::life::entry(|| P::start_cache(view))
}

extern "C" fn new_sink<P: Plugin>(view: &InstanceView<'_>) -> Outcome<BuiltSink> {
    super::life::entry(|| P::start_sink(view))
}

fn crossing(result: Result<(), ProviderError>) -> Res<()> {
    match result {
        Ok(()) => RResult::ROk(()),
        Err(error) => RResult::RErr(wire::encode_error(error)),
    }
}
