//! The export macro.

/// Exports one provider from a `cdylib`.
///
/// `description` is one sentence without quotes or backslashes; `settings` is the JSON Schema of the settings as
/// text, usually `include_str!("../settings.schema.json")`, kept in the file so that it can be read without running
/// the plugin. The macro adds a test that fails when the schema no longer describes the settings type;
/// `OUTRIGGER_UPDATE=1 cargo test` rewrites `settings.schema.json` beside Cargo.toml.
///
/// ```
/// # mod plugin {
#[doc = include_str!("../../examples/one_page.rs")]
/// # }
/// ```
#[macro_export]
macro_rules! export_plugin {
    (cache: $provider:ty, description: $description:expr, settings: $settings:expr $(,)?) => {
        $crate::__export_plugin! {
            settings: <$provider as $crate::sdk::cache::CacheProvider>::Settings, $settings;
            manifest: $crate::manifest::build::Parts {
                kind: $crate::manifest::Kind::Cache,
                capabilities: <$provider as $crate::sdk::cache::CacheProvider>::CAPABILITIES.0,
                idempotency: $crate::sdk::sink::Idempotency::Full,
                batch: $crate::sdk::sink::BatchLimits { count_max: 0, bytes_max: 0 },
                exclusive: false,
                description: $description,
            };
            fn start_cache(view: &$crate::abi::InstanceView<'_>) -> $crate::abi::Outcome<$crate::abi::BuiltCache> {
                $crate::export::start_cache::<$provider>(view)
            }
        }
    };
    (monitoring: $provider:ty, description: $description:expr, settings: $settings:expr $(,)?) => {
        $crate::__export_sink!($crate::sdk::monitoring::Event, $provider, $description, $settings);
    };
    (analytics: $provider:ty, description: $description:expr, settings: $settings:expr $(,)?) => {
        $crate::__export_sink!($crate::sdk::analytics::Event, $provider, $description, $settings);
    };
}

/// The part that monitoring and analytics share.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_sink {
    ($body:ty, $provider:ty, $description:expr, $settings:expr) => {
        $crate::__export_plugin! {
            settings: <$provider as $crate::sdk::sink::SinkProvider>::Settings, $settings;
            manifest: $crate::manifest::build::Parts {
                kind: <$body as $crate::sdk::sink::Body>::KIND,
                capabilities: <$provider as $crate::sdk::sink::SinkProvider>::SORTS.0,
                idempotency: <$provider as $crate::sdk::sink::SinkProvider>::IDEMPOTENCY,
                batch: <$provider as $crate::sdk::sink::SinkProvider>::BATCH,
                exclusive: <$provider as $crate::sdk::sink::SinkProvider>::EXCLUSIVE,
                description: $description,
            };
            fn start_sink(view: &$crate::abi::InstanceView<'_>) -> $crate::abi::Outcome<$crate::abi::BuiltSink> {
                const _: () = assert!(
                    <<$provider as $crate::sdk::sink::SinkProvider>::Body as $crate::sdk::sink::Body>::KIND.code()
                        == <$body as $crate::sdk::sink::Body>::KIND.code(),
                    "the provider's records are of another kind than it is exported as"
                );
                $crate::export::start_sink::<$provider>(view)
            }
        }
    };
}

/// The part that every kind shares: manifest section, exported header, schema test.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_plugin {
    (settings: $type:ty, $schema:expr; manifest: $parts:expr; $($start:item)*) => {
        const OUTRIGGER_PARTS: $crate::manifest::build::Text<'static> = $crate::manifest::build::Text {
            name: env!("CARGO_CRATE_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            settings: $schema,
            parts: $parts,
        };

        #[used]
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__outrigger"))]
        #[cfg_attr(windows, unsafe(link_section = ".outrig"))]
        #[cfg_attr(not(any(windows, target_vendor = "apple")), unsafe(link_section = ".outrigger"))]
        static OUTRIGGER_MANIFEST: [u8; OUTRIGGER_PARTS.length()] = OUTRIGGER_PARTS.join();

        #[doc(hidden)]
        pub struct OutriggerPlugin;

        impl $crate::export::Plugin for OutriggerPlugin {
            fn manifest() -> &'static [u8] {
                &OUTRIGGER_MANIFEST
            }
            fn validate(view: &$crate::abi::InstanceView<'_>) -> Result<(), $crate::sdk::ProviderError> {
                $crate::export::check_settings::<$type>(view)
            }
            $($start)*
        }

        // The one symbol the host looks up. A test in plugin-api compares the name with abi_stable's.
        #[doc(hidden)]
        #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
        pub static OUTRIGGER_HEADER: $crate::export::LibHeader = $crate::export::header::<OutriggerPlugin>();

        #[cfg(test)]
        #[test]
        fn settings_schema_is_current() {
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.schema.json");
            $crate::export::schema::check::<$type>($schema, file);
        }
    };
}
