//! Who is one person, however the ids were joined.

use rusqlite::params;

use super::*;

/// Ids by their number from 1 on, and aliases: this id is that person's.
fn file(uids: &[&str], aliases: &[(&str, i64)]) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::prepare(&mut connection).unwrap();
    for uid in uids {
        let sql = "INSERT INTO person(uid, first_seen, last_seen) VALUES(?, 0, 0)";
        connection.execute(sql, [uid]).unwrap();
    }
    for (alias, person) in aliases {
        connection.execute("INSERT INTO person_alias(alias, person_id) VALUES(?, ?)", params![alias, person]).unwrap();
    }
    connection
}

#[test]
fn chains_and_forks_of_aliases_are_one_person_and_rings_end() {
    let uids = ["a", "b", "c", "d", "e", "f", "g"];
    // d is c's, c is b's, a is d's: a chain from both ends. e and f are each other's. g is by itself.
    let connection = file(&uids, &[("d", 3), ("c", 2), ("a", 4), ("e", 6), ("f", 5), ("never seen", 7)]);
    let people = People::read(&connection).unwrap();
    let joined: Vec<_> = (1..=7).map(|id| people.joined(id)).collect();
    assert_eq!(joined, [Some(1), Some(1), Some(1), Some(1), Some(5), Some(5), None]);
    let mut groups: Vec<_> = people.groups().into_values().collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort();
    assert_eq!(groups, [vec![1, 2, 3, 4], vec![5, 6]]);
}

#[test]
fn the_ids_of_a_person_are_found_from_each_of_them() {
    let connection = file(&["a", "b", "c", "g"], &[("b", 1), ("c", 2), ("never seen", 4)]);
    let of = |uid: &str| {
        let Ids { mut uids, mut persons } = ids_of(&connection, uid).unwrap();
        uids.sort();
        persons.sort_unstable();
        (uids, persons)
    };
    for uid in ["a", "b", "c"] {
        assert_eq!(of(uid), (vec!["a".into(), "b".into(), "c".into()], vec![1, 2, 3]), "{uid}");
    }
    assert_eq!(of("never seen"), (vec!["g".into(), "never seen".into()], vec![4]));
    assert_eq!(of("nobody"), (Vec::new(), Vec::new()));
}
