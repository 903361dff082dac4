//! Finds a request's command and checks what needs no more than its words.

use super::{
    Engine, Session,
    fault::{self, Fault},
    table::{self, Row, find},
};
use crate::resp::Arguments;

impl Engine {
    /// Finds the command and checks what needs no more than its name.
    #[inline]
    pub(super) fn row(&self, session: &mut Session, args: Arguments<'_>) -> Result<&'static Row, Fault> {
        let name = args.get(0);
        let Some((number, row)) = find(name) else {
            self.counts.refuse(None);
            session.spoil();
            if name.eq_ignore_ascii_case(b"post") || name.eq_ignore_ascii_case(b"host:") {
                // A web page that sends a form here. What follows is its body, which would be run as requests.
                session.end();
            }
            return Err(fault::unknown_command(name, args.from(1)));
        };
        self.counts.ask(number);
        let refused = if !row.takes(args.len()) && row.name == "exec" {
            session.leave_transaction();
            "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command".into()
        } else if !row.takes(args.len()) {
            fault::arity(row.name)
        } else if !session.authenticated && !matches!(row.name, "auth" | "hello" | "quit" | "reset") {
            fault::NO_AUTH
        } else {
            match table::check(row, args) {
                Ok(()) => return Ok(row),
                Err(fault) => fault,
            }
        };
        self.counts.refuse(Some(number));
        session.spoil();
        Err(refused)
    }
}
