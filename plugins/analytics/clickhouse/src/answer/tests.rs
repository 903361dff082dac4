//! Checks what the host is told of each answer.

use outrigger_plugin_api::sdk::{ErrorKind, http::Response, sink::Verdict};

use super::{Fault, read, verdict};

fn exception(status: u16, code: &str) -> Response {
    let body = format!("Code: {code}. DB::Exception: why. (NAME) (version 26.9.2.1)\n");
    Response::new(status, &[("X-ClickHouse-Exception-Code", code)], body)
}

fn fault(answer: &Response) -> Fault {
    read(answer).unwrap_err()
}

#[test]
fn each_code_means_what_helps() {
    let kinds = [
        (ErrorKind::Refused, &["516", "192", "193", "497", "60", "81", "16", "164", "452"][..]),
        (ErrorKind::Overloaded, &["202", "252", "241", "745"]),
        (ErrorKind::Timeout, &["159", "209", "319"]),
        (ErrorKind::Unavailable, &["242", "999", "243"]),
        (ErrorKind::Invalid, &["27", "117", "26", "38", "41", "53", "469"]),
        (ErrorKind::Internal, &["49", "1000"]),
    ];
    for (kind, codes) in kinds {
        for code in codes {
            // The status says little: the same code comes with several, over the versions.
            for status in [200, 400, 500] {
                assert_eq!(fault(&exception(status, code)).into_error().kind, kind, "{code}");
            }
        }
    }
}

#[test]
fn a_fault_says_what_the_server_says_and_what_to_do() {
    let no_table = fault(&exception(404, "60"));
    assert!(no_table.is_no_table());
    let text = no_table.into_error().message;
    assert!(text.starts_with("Code: 60. DB::Exception: why.") && text.contains("create-table"), "{text}");
    let no_database = fault(&exception(404, "81"));
    assert!(!no_database.is_no_table());
    assert!(no_database.into_error().message.contains("make the database"));
}

#[test]
fn an_exception_is_seen_without_its_header() {
    let late = Response::new(200, &[], "\r\nCode: 241. DB::Exception: Memory limit exceeded");
    assert_eq!(fault(&late).into_error().kind, ErrorKind::Overloaded);
}

#[test]
fn what_is_no_clickhouse_is_refused() {
    let page = fault(&Response::new(200, &[], "<html>welcome</html>")).into_error();
    assert_eq!(page.kind, ErrorKind::Refused);
    assert!(page.message.contains("not as ClickHouse does: <html>"), "{page}");
    for (status, kind) in [(502, ErrorKind::Timeout), (503, ErrorKind::Unavailable), (429, ErrorKind::Overloaded)] {
        let answer = Response::new(status, &[("Retry-After", "7")], "proxy");
        let error = fault(&answer).into_error();
        assert_eq!((error.kind, error.retry_after.unwrap().as_secs()), (kind, 7));
    }
}

#[test]
fn rows_that_were_not_written_are_not_claimed() {
    let summary = |rows: &str| {
        let summary = format!("{{\"read_rows\":\"9\",\"written_rows\":{rows},\"written_bytes\":\"1\"}}");
        read(&Response::new(200, &[("X-ClickHouse-Summary", &summary)], "\n")).unwrap()
    };
    let cases = [
        ("\"2\"", Verdict::Delivered),
        ("2", Verdict::Delivered),
        ("\"1\"", Verdict::AcceptedUnverified),
        ("\"0\"", Verdict::Delivered),
        ("\"4\"", Verdict::Delivered),
        ("null", Verdict::Delivered),
    ];
    for (rows, expected) in cases {
        assert_eq!(verdict(summary(rows), 2), expected, "{rows}");
    }
    assert_eq!(read(&Response::new(200, &[], "")), Ok(None));
}
