//! Tests of the export layer.

#[test]
fn the_exported_symbol_is_the_one_abi_stable_looks_up() {
    // Written out in `__export_plugin!`, because an attribute takes only a literal.
    assert_eq!(abi_stable::library::ROOT_MODULE_LOADER_NAME, "_1as_0lib_1header_0root_bmodule_bloader");
}
