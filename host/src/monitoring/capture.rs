//! Turns a Rust error into the chain that monitoring providers show.

use outrigger_plugin_api::sdk::monitoring::Exception;

/// Most causes followed: a bound against errors that are their own source.
const CAUSES_MAX: usize = 32;

/// Returns the error and its causes, outermost first.
///
/// A `dyn Error` does not tell its type; the name is what stands before the first space, brace or parenthesis of its
/// `Debug` text, which is the type for derived ones.
pub fn exceptions(error: &(dyn std::error::Error + Sync)) -> Vec<Exception> {
    let mut chain = vec![exception(error)];
    let mut source = error.source();
    while let (Some(cause), true) = (source, chain.len() < CAUSES_MAX) {
        chain.push(exception(cause));
        source = cause.source();
    }
    chain
}

fn exception(error: &dyn std::error::Error) -> Exception {
    let debug = format!("{error:?}");
    let name: String = debug.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).take(128).collect();
    let name = if name.is_empty() { "Error".to_owned() } else { name };
    Exception { name, value: error.to_string(), ..Exception::default() }
}
