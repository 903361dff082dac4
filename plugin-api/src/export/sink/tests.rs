//! What a plugin reads of a record, and what it takes the host's word for.

use abi_stable::std_types::RSlice;

use super::sort_out;
use crate::{
    abi::{CHECKED, RecordView},
    sdk::{
        Call, Host, ProviderError,
        analytics::Event,
        sink::{Body, Record, SinkProvider, Verbatim, Verdict},
    },
};

/// A provider that passes events on as `B`.
struct Passing<B>(std::marker::PhantomData<fn() -> B>);

impl<B: Body> SinkProvider for Passing<B> {
    type Body = B;
    type Settings = ();

    async fn start((): (), _: Host) -> Result<Self, ProviderError> {
        Err(ProviderError::internal("it is never started"))
    }

    async fn deliver(&self, _: Call, _: Vec<Record<B>>) -> Result<Vec<Verdict>, ProviderError> {
        Err(ProviderError::internal("it is never called"))
    }
}

fn view(body: &str, sort: u16, flags: u32) -> RecordView<'_> {
    let body = RSlice::from_slice(body.as_bytes());
    RecordView { id: [7; 16], received_at_ms: 1, sort, attempt: 1, flags, body, reserved: [0; 2] }
}

const GOOD: &str = r#"{"type":"track","event":"Paid","user_id":"u"}"#;

#[test]
fn what_the_host_has_not_read_is_read_here() {
    for bad in
        ["", "{", "{}", r#"{"type":"track","user_id":"u"}"#, r#"{"type":"track","event":"\ud800","user_id":"u"}"#]
    {
        let (batch, verdicts) = sort_out::<Passing<Verbatim<Event>>>(&[view(bad, 1, 0), view(GOOD, 1, 0)]);
        assert_eq!(batch.len(), 1, "{bad}");
        assert!(matches!(verdicts[0], Some(Verdict::Rejected(_))) && verdicts[1].is_none(), "{bad}");
    }
}

#[test]
fn a_text_that_the_host_has_read_is_passed_on_unread() {
    // A page by the host's word: had it been read here, it would be a track.
    let views = [view(GOOD, 3, CHECKED), view(GOOD, 3, CHECKED | 1 << 31)];
    let (batch, verdicts) = sort_out::<Passing<Verbatim<Event>>>(&views);
    assert_eq!(verdicts, [None, None]);
    assert!(batch.iter().all(|record| record.body.sort() == 3 && record.body.text() == GOOD));
}

#[test]
fn a_model_is_read_whatever_the_host_says_and_text_is_always_text() {
    let (batch, verdicts) = sort_out::<Passing<Event>>(&[view("{}", 1, CHECKED)]);
    assert!(batch.is_empty() && matches!(verdicts[0], Some(Verdict::Rejected(_))));
    let broken = RecordView { body: RSlice::from_slice(b"\xff"), ..view("", 1, CHECKED) };
    let (batch, verdicts) = sort_out::<Passing<Verbatim<Event>>>(&[broken]);
    assert!(batch.is_empty() && matches!(verdicts[0], Some(Verdict::Rejected(_))));
}
