//! Tests of the command line's model.

#[test]
fn the_model_is_sound() {
    super::command().debug_assert();
}
