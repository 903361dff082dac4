//! The canonical messages, as people see them.

use super::faults;
use insta::assert_snapshot;

#[test]
fn every_syntax_error_is_reported_in_one_run() {
    let text = "[cache]\nprovider = memory\n\n[log]\nlevel = \"info\n\n[listen]\nhttp \"127.0.0.1:1\"\n";
    assert_snapshot!(faults(text, &[]));
}

#[test]
fn unknown_key_names_the_nearest_and_lists_the_valid() {
    assert_snapshot!(faults(
        "[limits]\nbdy = \"1MiB\"\n[lisen]\nhttp = \"x\"\n[listen]\nredis = \"127.0.0.1:6380\"",
        &[]
    ));
}

#[test]
fn habitual_keys_name_their_successor() {
    assert_snapshot!(faults("[cache]\nproviders = [\"redis\"]\n[plugins.redis]\nsettings.url = \"pw\"", &[]));
}

#[test]
fn unknown_provider_from_a_variable_names_it() {
    assert_snapshot!(faults("", &[("CACHE_PROVIDER", "rediss")]));
}

#[test]
fn unknown_provider_from_the_file_points_at_it() {
    assert_snapshot!(faults("[monitoring]\nproviders = [\n  \"console\",\n  \"sentri\",\n]", &[]));
}

#[test]
fn setting_against_the_schema_names_path_and_rule() {
    let text = "[cache]\nprovider = \"redis\"\n[providers.redis.settings]\nurl = 5\nmode = \"clustr\"\n\
                connections = 99\nconnect_timeout = 5\ntls = { ca = 1 }\neviction = { policy = \"lru\", max = \"1MB\" }\nulr = \"\"\n";
    assert_snapshot!(faults(text, &[]));
}

#[test]
fn setting_from_a_variable_names_the_variable() {
    let variables = [("MONITORING_PROVIDERS", "sentry"), ("SENTRY_DSN", "x"), ("SENTRY_SAMPLE_RATE", "lots")];
    assert_snapshot!(faults("", &variables));
}

#[test]
fn missing_secret_says_who_wants_it_and_how_to_set_it() {
    let text = "[analytics]\nproviders = [\"posthog\"]\n[providers.posthog]\nsettings.api-key = { env = \"PH_KEY\" }";
    assert_snapshot!(faults(text, &[("MONITORING_PROVIDERS", "sentry")]));
}

#[test]
fn missing_setting_is_no_secret() {
    assert_snapshot!(faults("", &[("CACHE_PROVIDER", "upstash"), ("UPSTASH_REDIS_REST_TOKEN", "t")]));
}

#[test]
fn empty_variable_is_named() {
    let variables = [("CACHE_PROVIDER", ""), ("MONITORING_PROVIDERS", "sentry"), ("SENTRY_DSN", " ")];
    assert_snapshot!(faults("", &variables));
}

#[test]
fn bare_numbers_and_wrong_units_say_what_to_write() {
    let text = "[limits]\nbody = 16\nrequest-timeout = \"30\"\nheader-timeout = \"10sec\"\n[shutdown]\ngrace = \"2d\"\n\
                [providers.memory]\ntimeout = 5\nsettings.max-memory = \"64MB\"\n";
    assert_snapshot!(faults(text, &[]));
}

#[test]
fn a_key_without_a_default_has_bounds_too() {
    assert_snapshot!(faults("[providers.console.delivery]\nbatch-records = 0\n", &[]));
}

#[test]
fn listening_beyond_loopback_needs_a_token() {
    assert_snapshot!(faults("[listen]\nhttp = \"0.0.0.0:8181\"", &[("OUTRIGGER_LISTEN_ADMIN", "[::]:1")]));
}

#[test]
fn a_token_in_the_file_is_refused() {
    assert_snapshot!(faults("[auth]\ntoken = \"0123456789abcdef0123\"", &[]));
}

#[test]
fn one_name_stands_for_one_provider() {
    assert_snapshot!(faults("[monitoring]\nproviders = [\"console\", \"console\", \"internal\"]", &[]));
}

#[test]
fn wrong_types_and_words_are_refused() {
    let text = "providers = 1\n[cache]\nprovider = [\"memory\"]\n[log]\nlevel = \"loud\"\nformat = true\n[listen]\nhttp = \"localhost:1\"\n[store]\ndir = \"\"\n";
    assert_snapshot!(faults(text, &[("MONITORING_PROVIDERS", "console,,x")]));
}

#[test]
fn blocks_nobody_selected_are_checked_too() {
    let text = "[providers.sentry]\ntimeot = \"1s\"\nsettings.dns = \"pw\"\n[providers.eu]\nplugin = \"analytics_posthog\"\nsettings.hots = 1\n";
    assert_snapshot!(faults(text, &[]));
}

#[test]
fn a_plugin_of_another_kind_is_refused() {
    let text = "[cache]\nprovider = \"fast\"\n[providers.fast]\nplugin = \"monitoring_console\"\n";
    assert_snapshot!(faults(text, &[]));
}
