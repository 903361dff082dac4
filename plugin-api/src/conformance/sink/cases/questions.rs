//! Questions about known events: every provider that declares queries gives the same answers.

pub(super) mod events;
pub(super) mod paths;
pub(super) mod refusals;
pub(super) mod trends;

use serde_json::Value;

use super::super::{Case, Fixture, Stop, Subject, ensure, known};
use crate::manifest::Kind;
use crate::sdk::{Call, ErrorKind, analytics::query};

const NO_QUESTIONS: Stop = Stop::NotApplicable("the provider does not answer questions");

impl<S: Subject> Fixture<S> {
    /// Delivers the known events.
    async fn knows(&self) -> Case {
        let promise = self.subject.promise();
        if promise.kind != Kind::Analytics || !promise.sorts.answers_queries() {
            return Err(NO_QUESTIONS);
        }
        for batch in known::records().chunks(usize::try_from(promise.batch.count_max).unwrap_or(usize::MAX)) {
            self.taken(batch.to_vec()).await?;
        }
        self.subject.flush(Call::unbounded()).await?;
        Ok(())
    }

    /// Asks and returns the answer, which has to be one of the model.
    async fn ask(&self, question: Value) -> Result<Value, Stop> {
        let answer = self.subject.query(Call::unbounded(), question.clone()).await?;
        let read = |error| Stop::Failed(format!("the answer to {question} is not the model's: {error}; {answer}"));
        // Written again, so that a member that is left out and one that is null compare as the same.
        let read: query::Answer = serde_json::from_value(answer.clone()).map_err(read)?;
        serde_json::to_value(read).map_err(|error| Stop::Failed(error.to_string()))
    }

    /// Asks and compares the whole answer.
    async fn answers(&self, question: Value, expected: Value) -> Case {
        let answer = self.ask(question.clone()).await?;
        ensure(answer == expected, || format!("{question} is answered {answer}, not {expected}"))
    }

    /// Asks what must be refused, and returns the message.
    async fn refuses(&self, question: Value, kind: ErrorKind) -> Result<String, Stop> {
        match self.subject.query(Call::unbounded(), question.clone()).await {
            Err(error) if error.kind == kind => Ok(error.message),
            other => Err(Stop::Failed(format!("{question}: {} was expected, not {other:?}", kind.as_str()))),
        }
    }
}
