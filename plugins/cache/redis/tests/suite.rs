//! The suite itself: a cache that is wrong in one respect fails the cases on that respect.
#![expect(clippy::expect_used, reason = "a test; clippy knows its functions, but not those they call")]

use std::sync::Arc;

use cache_redis::OutriggerPlugin;
use outrigger_plugin_api::{
    conformance::cache::{Answer, InProcess, Options, Subject, run},
    sdk::{
        Bytes, Call, ProviderError,
        cache::{
            Capabilities, Condition, ExpireCondition, Expiry, Group, Op, OpCode, OpResult, Reply, ScanPage,
            ScanRequest, Size, Watched,
        },
    },
};
use outrigger_tests::redis_server::RedisServer;
use serde_json::json;

/// One thing done wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// Increment reads, then writes.
    LosesUpdates,
    /// A group is a batch.
    HalvesGroups,
    /// Watched keys are not compared.
    IgnoresWatches,
    /// A write that should keep the deadline removes it.
    ForgetsDeadlines,
    /// Conditions of Expire are ignored.
    IgnoresExpireConditions,
    /// A batch runs backwards.
    Reorders,
    /// One failing operation fails its batch.
    FailsBatches,
    /// A scan ends after one page.
    ScansOnePage,
    /// A scan lists every key.
    IgnoresPrefixes,
    /// Clear counts one too many.
    Miscounts,
    /// An operation that works is not declared.
    HidesAbilities,
    /// Values end at the first zero byte, as C strings do.
    CutsAtZero,
    /// Only the present value's length is compared.
    ComparesLengths,
}

struct Crooked {
    inner: Arc<InProcess>,
    fault: Fault,
}

impl Crooked {
    async fn one(&self, call: Call, op: Op<Bytes>) -> OpResult {
        let mut results = self.inner.run(call, vec![self.bend(op)]).await?;
        results.pop().expect("one result")
    }

    /// Does the operation itself wrong.
    fn bend(&self, op: Op<Bytes>) -> Op<Bytes> {
        match (self.fault, op) {
            (Fault::ForgetsDeadlines, Op::Set { key, value, expiry: Expiry::Keep, condition, return_old }) => {
                Op::Set { key, value, expiry: Expiry::Never, condition, return_old }
            }
            (Fault::IgnoresExpireConditions, Op::Expire { key, expiry, .. }) => {
                Op::Expire { key, expiry, condition: ExpireCondition::Always }
            }
            (Fault::CutsAtZero, Op::Set { key, value, expiry, condition, return_old }) => {
                let end = value.iter().position(|byte| *byte == 0).unwrap_or(value.len());
                Op::Set { key, value: value.slice(..end), expiry, condition, return_old }
            }
            (_, op) => op,
        }
    }

    async fn increment(&self, call: Call, key: Bytes, by: i64) -> OpResult {
        let before = match self.one(call, Op::Get { key: key.clone() }).await? {
            Reply::Value(text) => String::from_utf8_lossy(text.as_ref()).into_owned(),
            _ => "0".to_owned(),
        };
        let number: i64 = before.parse().map_err(|_| ProviderError::invalid("no integer"))?;
        let sum = number.checked_add(by).ok_or_else(|| ProviderError::invalid("overflow"))?;
        let value = Bytes::from(sum.to_string());
        let condition = Condition::Always;
        self.one(call, Op::Set { key, value, expiry: Expiry::Keep, condition, return_old: false }).await?;
        Ok(Reply::Integer(sum))
    }

    /// Compares lengths, then deletes.
    async fn delete_alike(&self, call: Call, key: Bytes, expected: Bytes) -> OpResult {
        let length = i64::try_from(expected.len()).expect("a length");
        let alike = self.one(call, Op::Length { key: key.clone() }).await? == Reply::Integer(length);
        if alike { self.one(call, Op::Delete { key }).await } else { Ok(Reply::No) }
    }
}

impl Subject for Crooked {
    fn capabilities(&self) -> Capabilities {
        match self.fault {
            Fault::HidesAbilities => self.inner.capabilities().without(OpCode::Append),
            _ => self.inner.capabilities(),
        }
    }

    fn run(&self, call: Call, mut ops: Vec<Op<Bytes>>) -> Answer<'_, Vec<OpResult>> {
        Box::pin(async move {
            match (self.fault, ops.as_slice()) {
                (Fault::LosesUpdates, [Op::Increment { key, by, .. }]) => {
                    return Ok(vec![self.increment(call, key.clone(), *by).await]);
                }
                (Fault::ComparesLengths, [Op::CompareAndDelete { key, expected }]) => {
                    return Ok(vec![self.delete_alike(call, key.clone(), expected.clone()).await]);
                }
                _ => {}
            }
            if self.fault == Fault::Reorders {
                ops.reverse();
            }
            let mut results = self.inner.run(call, ops.into_iter().map(|op| self.bend(op)).collect()).await?;
            if self.fault == Fault::Reorders {
                results.reverse();
            }
            let failed = results.iter().find_map(|result| result.as_ref().err().cloned());
            match failed {
                Some(error) if self.fault == Fault::FailsBatches => Err(error),
                _ => Ok(results),
            }
        })
    }

    fn group(&self, call: Call, watched: Vec<Watched>, ops: Vec<Op<Bytes>>) -> Answer<'_, Group> {
        match self.fault {
            Fault::HalvesGroups => Box::pin(async move {
                if !watched.is_empty() {
                    return self.inner.group(call, watched, ops).await;
                }
                let mut results = Vec::new();
                for op in ops {
                    results.push(self.one(call, op).await);
                }
                Ok(Group::Ran(results))
            }),
            Fault::IgnoresWatches => self.inner.group(call, vec![], ops),
            _ => self.inner.group(call, watched, ops),
        }
    }

    fn scan(&self, call: Call, request: ScanRequest) -> Answer<'_, ScanPage> {
        Box::pin(async move {
            let prefix = if self.fault == Fault::IgnoresPrefixes { Bytes::new() } else { request.prefix };
            let page = self.inner.scan(call, ScanRequest { prefix, ..request }).await?;
            Ok(if self.fault == Fault::ScansOnePage { ScanPage { next: None, ..page } } else { page })
        })
    }

    fn clear(&self, call: Call, prefix: Bytes) -> Answer<'_, u64> {
        let more = u64::from(self.fault == Fault::Miscounts);
        Box::pin(async move { Ok(self.inner.clear(call, prefix).await? + more) })
    }

    fn size(&self, call: Call) -> Answer<'_, Size> {
        self.inner.size(call)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_fails_its_cases() {
    let server = RedisServer::start();
    let settings = json!({ "url": server.url() }).to_string();
    let inner = InProcess::start::<OutriggerPlugin>("redis", &settings).await.expect("a provider");
    let inner = Arc::new(inner);
    for (fault, cases) in [
        (Fault::LosesUpdates, vec!["increments_are_not_lost"]),
        (Fault::HalvesGroups, vec!["a_group_is_never_seen_by_half"]),
        (Fault::IgnoresWatches, vec!["a_changed_key_stops_the_group", "an_ended_key_stops_the_group"]),
        (Fault::ForgetsDeadlines, vec!["set_replaces_keeps_or_removes_the_deadline"]),
        (Fault::IgnoresExpireConditions, vec!["expire_honours_its_condition"]),
        (Fault::Reorders, vec!["a_batch_runs_in_order"]),
        (Fault::FailsBatches, vec!["a_failing_operation_leaves_its_neighbours"]),
        (Fault::ScansOnePage, vec!["a_scan_lists_every_key_once_present", "a_scan_misses_nothing_that_stays"]),
        (Fault::IgnoresPrefixes, vec!["a_scan_keeps_to_its_prefix"]),
        (Fault::Miscounts, vec!["clear_deletes_by_prefix"]),
        (Fault::HidesAbilities, vec!["missing_operations_are_unsupported"]),
        (Fault::CutsAtZero, vec!["keys_and_values_are_any_bytes"]),
        (Fault::ComparesLengths, vec!["compare_and_delete_deletes_where_equal"]),
    ] {
        let report = run(Arc::new(Crooked { inner: inner.clone(), fault }), Options::new(format!("{fault:?}:"))).await;
        let failed: Vec<_> = report.failures().map(|(name, _)| name).collect();
        for case in cases {
            assert!(failed.contains(&case), "{fault:?} did not fail {case}, only {failed:?}");
        }
        // What the fault does not touch still passes: a failure says where to look.
        assert!(failed.len() < 12, "{fault:?} failed {failed:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_gap_must_exist_and_must_fail() {
    let server = RedisServer::start();
    let settings = json!({ "url": server.url() }).to_string();
    let inner = InProcess::start::<OutriggerPlugin>("redis", &settings).await.expect("a provider");
    let options = Options::new("").known_gap("append_extends_or_creates", "x").known_gap("no_such_case", "y");
    let report = run(Arc::new(inner), options).await;
    let failed: Vec<_> = report.failures().map(|(name, _)| name).collect();
    assert_eq!(failed, ["no_such_case", "append_extends_or_creates"]);
}
