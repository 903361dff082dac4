//! The list of cases, and how one is run: skipped where the provider lacks what it needs, cleaned up after.

use std::{future::Future, pin::Pin, sync::Arc};

use super::{
    Options, Subject, cancel, compare, concurrency, expiry, group, keys, listing, moves, numbers, refusal, strings,
    touch,
    trial::{Checked, Trial},
    writes,
};
use crate::conformance::{Progress, Report, Verdict, Watch};
use crate::sdk::cache::{Ability, Capabilities, OpCode};

type Body = for<'a> fn(&'a Trial) -> Pin<Box<dyn Future<Output = Checked> + Send + 'a>>;

struct Case {
    name: &'static str,
    ops: &'static [OpCode],
    abilities: &'static [Ability],
    body: Body,
}

/// `module::case [operations beside Get, Set and Delete] [abilities]`, named after its function.
macro_rules! cases {
    ($($module:ident :: $name:ident [$($op:ident),*] [$($ability:ident),*];)*) => {
        &[$(Case {
            name: stringify!($name),
            ops: &[OpCode::Get, OpCode::Set, OpCode::Delete, $(OpCode::$op),*],
            abilities: &[$(Ability::$ability),*],
            body: |trial| Box::pin($module::$name(trial)),
        }),*]
    };
}

// Who declares Ttl understands deadlines; for a provider without them the cases on deadlines are skipped.
const CASES: &[Case] = cases! {
    strings::a_missing_key_has_no_value [Exists] [];
    strings::a_written_value_is_read_back [Exists] [];
    strings::keys_and_values_are_any_bytes [] [];
    strings::the_empty_key_is_a_key_or_invalid [] [];
    strings::a_value_of_8_mib_survives [Length] [];
    strings::get_and_delete_takes_the_value [GetAndDelete] [];
    strings::append_extends_or_creates [Append] [];
    strings::length_counts_bytes [Length] [];
    strings::get_range_follows_negative_offsets [GetRange] [];
    strings::set_range_pads_with_zeros [SetRange] [];
    writes::set_honours_its_condition [] [];
    writes::set_returns_the_old_value_where_asked [] [];
    writes::a_batch_runs_in_order [Append] [];
    writes::a_failing_operation_leaves_its_neighbours [Increment] [];
    writes::an_empty_batch_answers_nothing [] [];
    writes::a_batch_of_a_thousand_answers_each [] [];
    moves::rename_moves_the_value [Rename, Exists] [];
    moves::rename_and_copy_carry_the_deadline [Rename, Copy, Ttl] [];
    moves::copy_keeps_the_source [Copy, Append] [];
    expiry::an_entry_ends_in_time [Exists, Ttl] [];
    expiry::a_deadline_not_in_the_future_ends_at_once [Exists, Ttl] [];
    expiry::set_replaces_keeps_or_removes_the_deadline [Ttl] [];
    expiry::ttl_tells_what_is_left [Ttl] [];
    expiry::expire_honours_its_condition [Expire, Ttl] [];
    expiry::expire_takes_only_deadlines [Expire, Ttl] [];
    expiry::expire_without_a_future_deletes [Expire, Exists] [];
    touch::persist_removes_the_deadline [Persist, Ttl] [];
    touch::get_and_touch_sets_keeps_or_removes_the_deadline [GetAndTouch, Ttl] [];
    touch::changing_a_value_keeps_its_deadline [Increment, IncrementFloat, Append, SetRange, Ttl] [];
    touch::increment_sets_a_deadline_only_on_creation [Increment, Ttl] [];
    touch::an_ended_entry_counts_as_absent [Exists, Increment, Append, Rename, Ttl] [];
    numbers::increment_counts_from_zero [Increment] [];
    numbers::increment_refuses_what_is_no_integer [Increment] [];
    numbers::increment_refuses_to_overflow [Increment] [];
    numbers::large_integers_are_exact [Increment] [];
    numbers::increment_float_writes_plain_decimals [IncrementFloat] [];
    numbers::increment_float_refuses_what_is_no_number [IncrementFloat] [];
    compare::compare_and_set_writes_where_equal [CompareAndSet] [];
    compare::compare_and_set_takes_a_deadline [CompareAndSet, Ttl] [];
    compare::compare_and_delete_deletes_where_equal [CompareAndDelete] [];
    compare::compare_and_expire_sets_where_equal [CompareAndExpire, Ttl] [];
    keys::random_key_is_a_key [RandomKey] [];
    keys::a_token_tells_states_apart [Token] [];
    concurrency::increments_are_not_lost [Increment] [];
    concurrency::compare_and_set_loops_are_exact [CompareAndSet] [];
    concurrency::set_if_absent_has_one_winner [] [];
    concurrency::a_lock_excludes [CompareAndDelete, Increment] [];
    concurrency::get_and_delete_hands_out_once [GetAndDelete] [];
    group::a_group_runs_in_order [Append] [Group];
    group::a_failing_operation_does_not_stop_its_group [Increment] [Group];
    group::a_group_answers_every_operation [Expire, Ttl, Increment, IncrementFloat, CompareAndSet, CompareAndDelete,
        CompareAndExpire, GetAndDelete, GetAndTouch, Rename, Copy, Exists, Append, Length, GetRange, SetRange] [Group];
    group::a_group_with_unchanged_keys_runs [Token] [Group];
    group::a_changed_key_stops_the_group [Token] [Group];
    group::an_ended_key_stops_the_group [Token, Ttl] [Group];
    group::a_group_is_never_seen_by_half [] [Group];
    group::watched_groups_are_exact_under_contention [Token] [Group];
    numbers::integers_in_groups_are_exact [Increment] [Group];
    listing::a_scan_lists_every_key_once_present [] [Scan];
    listing::a_scan_keeps_to_its_prefix [] [Scan];
    listing::a_scan_misses_nothing_that_stays [] [Scan];
    listing::clear_deletes_by_prefix [Exists] [Clear];
    listing::clear_and_size_count_everything [] [Clear, Size];
    cancel::a_dropped_call_is_all_or_nothing [] [];
    cancel::a_tiny_budget_breaks_nothing [] [];
};

/// Returns the name of every case, with those of the refusals.
pub fn names() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|case| case.name).chain(refusal::NAMES)
}

pub(super) async fn run_all(subject: Arc<dyn Subject>, options: Arc<Options>, watch: Watch<'_>) -> Report {
    let mut report = Report { cases: Vec::new() };
    for (name, _) in &options.known_gaps {
        if !names().any(|known| known == *name) {
            report.cases.push((name, Verdict::Failed("is listed as a known gap, but no case has this name".into())));
        }
    }
    let capabilities = subject.capabilities();
    for case in CASES {
        watch(Progress::Begins(case.name));
        let trial = Trial::new(subject.clone(), options.clone(), case.name);
        let verdict = match lacks(capabilities, case) {
            Some(what) => Verdict::Skipped(what),
            None => judge(&options, case.name, (case.body)(&trial)).await,
        };
        trial.clean().await;
        watch(Progress::Ends(case.name, &verdict));
        report.cases.push((case.name, verdict));
    }
    for name in refusal::NAMES {
        watch(Progress::Begins(name));
        let trial = Trial::new(subject.clone(), options.clone(), name);
        let verdict = judge(&options, name, refusal::run(name, &trial)).await;
        watch(Progress::Ends(name, &verdict));
        report.cases.push((name, verdict));
    }
    report
}

async fn judge(options: &Options, name: &str, body: impl Future<Output = Checked>) -> Verdict {
    // A provider that hangs must end the case, not the run. Six times what one wait may take.
    let verdict = match tokio::time::timeout(options.patience * 6, body).await {
        Ok(Ok(())) => Verdict::Passed,
        Ok(Err(text)) => Verdict::Failed(text),
        Err(_) => Verdict::Failed(format!("not done after {:?}", options.patience * 6)),
    };
    let gap = options.known_gaps.iter().find(|(case, _)| *case == name);
    Report::settle(verdict, gap.map(|(_, reason)| *reason))
}

/// Returns what the provider lacks for a case.
fn lacks(capabilities: Capabilities, case: &Case) -> Option<String> {
    let op = case.ops.iter().find(|op| !capabilities.has(**op)).map(|op| format!("{op:?}"));
    op.or_else(|| case.abilities.iter().find(|it| !capabilities.can(**it)).map(|it| format!("{it:?}")))
}
