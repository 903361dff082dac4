//! Compares a plugin's tables with ours, both ways, before a single function of them is called.
//!
//! abi_stable's own check accepts a newer plugin on an older host. The reverse – the plugin has fewer prefix fields
//! than the host – is as sound, because accessors look at the object's own field mask and appended methods have
//! defaults in the caller; so a plugin passes if either side extends the other (docs/abi.md).

use outrigger_plugin_api::abi::{
    PluginRoot_Ref,
    abi_stable::{
        StableAbi,
        abi_stability::abi_checking::{AbiInstability, AbiInstabilityErrors, check_layout_compatibility},
        library::LibHeader,
    },
};

/// Most differences shown: what fits on a screen beside the rest of the message.
const DIFFERENCES_MAX: usize = 6;

/// Why a plugin's tables don't fit.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The header is of another generation of the seam.
    #[error("its header is not of this plugin API: {0}")]
    Header(String),
    /// It was built without a description of its tables.
    #[error("it carries no description of its tables")]
    NoLayout,
    /// A table changed in a way that is no extension.
    #[error("its tables differ from this host's:\n{}", .0.join("\n"))]
    Layout(Vec<String>),
}

/// Accepts a header whose tables extend ours, or ours its.
pub(crate) fn verify(header: &'static LibHeader) -> Result<(), VerifyError> {
    let theirs = header.layout().ok_or(VerifyError::NoLayout)?;
    let ours = <PluginRoot_Ref as StableAbi>::LAYOUT;
    let Err(forward) = check_layout_compatibility(ours, theirs) else { return Ok(()) };
    match check_layout_compatibility(theirs, ours) {
        Ok(()) => Ok(()),
        Err(_) => Err(VerifyError::Layout(differences(&forward))),
    }
}

/// Says each difference on a line: where, what was expected, what was found.
fn differences(errors: &AbiInstabilityErrors) -> Vec<String> {
    let mut lines = Vec::new();
    for error in &errors.errors {
        let path: Vec<_> = error.stack_trace.iter().map(|step| step.found.to_string()).collect();
        let place = path.iter().map(|step| step.lines().next().unwrap_or_default()).collect::<Vec<_>>().join(" → ");
        lines.extend(error.errs.iter().map(|what| format!("  {place}: {}", difference(what))));
    }
    let hidden = lines.len().saturating_sub(DIFFERENCES_MAX);
    lines.truncate(DIFFERENCES_MAX);
    if hidden > 0 {
        lines.push(format!("  and {hidden} more"));
    }
    lines
}

fn difference(what: &AbiInstability) -> String {
    match what {
        AbiInstability::Name(x) => format!("expected type {}, found {}", x.expected, x.found),
        AbiInstability::Size(x) => format!("expected {} bytes, found {}", x.expected, x.found),
        AbiInstability::Alignment(x) => format!("expected alignment {}, found {}", x.expected, x.found),
        AbiInstability::FieldCountMismatch(x) => format!("expected {} fields, found {}", x.expected, x.found),
        AbiInstability::UnexpectedField(x) => format!("expected field {}, found {}", x.expected.name(), x.found.name()),
        AbiInstability::TLDataDiscriminant(x) => format!("expected {:?}, found {:?}", x.expected, x.found),
        AbiInstability::MismatchedPrimitive(x) => format!("expected {:?}, found {:?}", x.expected, x.found),
        AbiInstability::Package(x) => format!("expected package {}, found {}", x.expected, x.found),
        AbiInstability::PackageVersion(x) => format!("expected version {}, found {}", x.expected, x.found),
        other => format!("{other:?}").chars().take(120).collect(),
    }
}
