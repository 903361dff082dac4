//! The stable codes of configuration errors; `docs/reference/error-codes.md` is generated from this table.

use crate::codes::Explained;

macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal, $remedy:literal;)*) => {
        $(#[doc = $meaning] pub(crate) const $name: &str = $code;)*

        /// Every code, in alphabetical order.
        pub(crate) const ALL: &[Explained] =
            &[$(Explained { code: $code, meaning: $meaning, remedy: $remedy }),*];
    };
}

codes! {
    COMMAND_LINE = "config.command_line_invalid",
        "An argument of `--set` is not `path=value`.",
        "Write for example `--set log.level=debug`; quote the whole argument if the value has spaces.";
    ENV_FILE_SYNTAX = "config.env_file_syntax",
        "A line of the file given by `--env-file` is not `NAME=value`, or uses `$` substitution.",
        "Write one `NAME=value` a line. Nothing is substituted: put a value with `$` in single quotes.";
    FILE_TOO_LARGE = "config.file_too_large",
        "A file that the configuration reads is larger than its bound.",
        "`plugins.toml` and the `--env-file` may have 1MiB, a file named by `{ file = … }` 64KiB.";
    FILE_UNREADABLE = "config.file_unreadable",
        "A file that was asked for cannot be read as UTF-8 text.",
        "Check the path (relative paths start at the folder of `plugins.toml`) and the permissions.";
    KEY_GONE = "config.key_gone",
        "The key was renamed or moved.",
        "Use the successor that the message names.";
    LOCK_INVALID = "config.lock_invalid",
        "`plugins.lock` is damaged, or of a version that this host does not read. It is not passed over: without it nothing would be pinned.",
        "Restore the file. If you trust the plugins that are there, remove it and run `outrigger plugin lock`.";
    PLUGIN_KIND = "config.plugin_kind",
        "The plugin exists but does not do this kind of work.",
        "Select the provider in the section of its own kind, or name another plugin with `plugin =`.";
    PROVIDER_TWICE = "config.provider_twice",
        "The same provider name is selected twice, in one list or for two kinds.",
        "Remove one, or give one of them another name and set `plugin` in its `[providers.NAME]` block.";
    SCHEMA_UNSUPPORTED = "config.schema_unsupported",
        "The plugin's settings schema uses a keyword the host does not check (a warning).",
        "The plugin itself still checks the setting when it starts. Authors: docs/reference/configuration.md lists the subset.";
    SECRET_MISSING = "config.secret_missing",
        "A secret that a selected provider needs is not set.",
        "Set the variable that the message names, or point at another one with `{ env = \"NAME\" }`.";
    SETTING_INVALID = "config.setting_invalid",
        "A setting does not fit the schema that the plugin declares.",
        "The message names the rule; `outrigger plugin inspect NAME` prints the whole schema.";
    SETTING_MISSING = "config.setting_missing",
        "A setting that a selected provider needs is not set.",
        "Set it in `[providers.NAME]`, or set the variable that the message names.";
    SYNTAX = "config.syntax",
        "`plugins.toml` is not valid TOML. All syntax errors are reported at once.",
        "Fix the place under the caret.";
    TOKEN_MISSING = "config.token_missing",
        "A listener is reachable from other machines and no token protects it.",
        "Set `OUTRIGGER_TOKEN` or `[auth] token`, or listen on 127.0.0.1.";
    UNIT_MISSING = "config.unit_missing",
        "A duration or size is a bare number.",
        "Write the unit: \"250ms\", \"30s\", \"64KiB\", \"16MiB\".";
    UNKNOWN_KEY = "config.unknown_key",
        "The key is not known in this table.",
        "Use the nearest name that the message offers, or remove the key.";
    UNKNOWN_PROVIDER = "config.unknown_provider",
        "No plugin in the plugin folders provides what was selected.",
        "Correct the name, or put the plugin's file into one of the folders that the message lists.";
    VALUE_INVALID = "config.value_invalid",
        "The value of a key has the wrong type or is out of bounds.",
        "The message says what is accepted; docs/reference/configuration.md has the reason.";
    VARIABLE_EMPTY = "config.variable_empty",
        "A variable is set but empty. This is nearly always a mistake in a deployment, so it is refused.",
        "Give it a value or unset it.";
    VARIABLE_MISSING = "config.variable_missing",
        "A reference `{ env = \"NAME\" }` names a variable that is not set.",
        "Set the variable, or remove the reference.";
    VARIABLE_NOT_TEXT = "config.variable_not_text",
        "A variable holds bytes that are not UTF-8.",
        "Set it to text.";
}
