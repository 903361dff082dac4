//! Names and their numbers, over commits and rollbacks.

use rusqlite::Connection;

use super::*;

fn numbers(connection: &mut Connection, names: &mut Names, wanted: &[&str], commit: bool) -> Vec<i64> {
    let transaction = connection.transaction().unwrap();
    let ids = wanted.iter().map(|name| names.id(&transaction, 1, name).unwrap()).collect();
    if commit {
        transaction.commit().unwrap();
        names.keep();
    } else {
        drop(transaction);
        names.forget();
    }
    ids
}

#[test]
fn a_name_learned_in_a_rolled_back_transaction_is_forgotten() {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::prepare(&mut connection).unwrap();
    let mut names = Names::default();
    assert_eq!(numbers(&mut connection, &mut names, &["kept"], true), [1]);
    assert_eq!(numbers(&mut connection, &mut names, &["kept", "lost"], false), [1, 2]);
    // The number 2 is free again and goes to another name.
    assert_eq!(numbers(&mut connection, &mut names, &["other", "lost", "kept"], true), [2, 3, 1]);
    assert_eq!(numbers(&mut connection, &mut Names::default(), &["kept", "other", "lost"], true), [1, 2, 3]);
}

#[test]
fn sorts_have_names_of_their_own() {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::prepare(&mut connection).unwrap();
    let transaction = connection.transaction().unwrap();
    let mut names = Names::default();
    let [track, page] = [1, 3].map(|sort| names.id(&transaction, sort, "Home").unwrap());
    assert_ne!(track, page);
}
