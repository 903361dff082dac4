//! Reads what Plausible made of a request.

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError, http::Response, sink::Verdict};

/// Reads one answer. An error is one that every record would get.
pub(crate) fn verdict(answer: Result<Response, ProviderError>) -> Result<Verdict, ProviderError> {
    let answer = match answer {
        Ok(answer) => answer,
        // A header or URL of this record can't be sent.
        Err(error) if error.kind == ErrorKind::Invalid => return Ok(Verdict::Rejected(error.message)),
        // Something came back that nobody could read: it may have been counted.
        Err(error) if error.kind == ErrorKind::Internal => return Ok(Verdict::Ambiguous(error.message)),
        Err(error) => return Err(error),
    };
    let dropped = answer.header("x-plausible-dropped").is_some_and(|count| count.trim() != "0");
    match answer.success() {
        Ok(_) if dropped => Ok(Verdict::DroppedByVendor(
            "Plausible counted it for no site, or not for every one: a robot, an address of a data centre, an unknown \
             domain, or a rule or limit of the site"
                .to_owned(),
        )),
        // It answers 202 to every event that is well-formed.
        Ok(_) => Ok(Verdict::AcceptedUnverified),
        Err(error) if error.kind == ErrorKind::Invalid => Ok(Verdict::Rejected(error.message)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
