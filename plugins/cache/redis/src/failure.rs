//! The client library's errors as the host's.

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};
use outrigger_redis_commands::from_code;
use redis::{ErrorKind as Kind, RedisError, ServerError};

/// Returns the host's error for one the client library made: the connection's, or the answer to a handshake.
pub(crate) fn from_client(error: &RedisError) -> ProviderError {
    let server = |code: &str| from_code(code, error.detail().unwrap_or_default());
    match error.kind() {
        Kind::AuthenticationFailed => {
            let why = error.detail().unwrap_or_default();
            ProviderError::new(ErrorKind::Refused, format!("the server refused the credentials: {why}"))
        }
        Kind::Server(_) | Kind::Extension => server(error.code().unwrap_or("ERR")),
        Kind::Io | Kind::ClusterConnectionNotFound => {
            ProviderError::unavailable(format!("the server can't be reached: {error}"))
        }
        Kind::MasterNameNotFoundBySentinel | Kind::NoValidReplicasFoundBySentinel => {
            ProviderError::unavailable("no sentinel that answers knows a master of this name")
        }
        Kind::InvalidClientConfig | Kind::EmptySentinelList => {
            ProviderError::settings(format!("the connection can't be set up: {error}"))
        }
        Kind::RESP3NotSupported => {
            ProviderError::settings("the server does not speak RESP3: remove `protocol=resp3` from the URL")
        }
        _ => ProviderError::internal(format!("the server's answer can't be used: {error}")),
    }
}

/// Returns the host's error for one the server answered with.
pub(crate) fn from_server(error: &ServerError) -> ProviderError {
    from_code(error.code(), error.details().unwrap_or_default())
}
