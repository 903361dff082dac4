//! The kernel's list is read, and an address is told by its owner.

use super::*;

const MAPS: &str = "\
7f10c0000000-7f10c0021000 r--p 00000000 fe:01 1234   /x/.outrigger/abc/libcache_x.so
7f10c0021000-7f10c0100000 r-xp 00021000 fe:01 1234   /x/.outrigger/abc/libcache_x.so
7f10c0100000-7f10c0110000 rw-p 00100000 fe:01 1234   /x/.outrigger/abc/libcache_x.so
7f10c0200000-7f10c0300000 r-xp 00000000 fe:01 1235   /x/.outrigger/def/libcache_x.so
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0      [stack]
garbage
";

#[test]
fn the_code_of_a_library_is_found_by_its_content_and_name() {
    // The program may know the folder by another path than the kernel: relative, or over a link.
    assert_eq!(code_of(MAPS, Path::new("y/abc/libcache_x.so")), [(0x7f10_c002_1000, 0x7f10_c010_0000)]);
    assert_eq!(code_of(MAPS, Path::new("/x/.outrigger/def/libcache_x.so")), [(0x7f10_c020_0000, 0x7f10_c030_0000)]);
    assert!(code_of(MAPS, Path::new("abc/libcache_y.so")).is_empty());
    assert!(code_of(MAPS, Path::new("libcache_x.so")).is_empty());
    assert!(code_of("", Path::new("abc/libcache_x.so")).is_empty());
}

// Elsewhere nobody tells what is mapped where.
#[cfg(target_os = "linux")]
#[test]
fn the_address_of_a_function_is_in_this_programs_code() {
    let program = std::env::current_exe().unwrap();
    let (a, b) = (Crumb::of("ranges_a"), Crumb::of("ranges_b"));
    for crumb in [a, b, a] {
        note(crumb, &program);
    }
    let here = the_address_of_a_function_is_in_this_programs_code as *const () as u64;
    let number = |crumb: Crumb| crumb.place().unwrap() as u64 + 1;
    assert_eq!(owner_of(here, number(b)), Some(number(b)), "of two with the same code the one that is called");
    assert_eq!(owner_of(here, 0), Some(number(a)));
    let local = 0_u8;
    assert_eq!(owner_of((&raw const local) as u64, 0), None, "a stack is no code");
    assert_eq!(owner_of(0, 0), None);
}
