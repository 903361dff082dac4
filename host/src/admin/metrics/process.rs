//! The process and its HTTP requests.

use super::exposition::Exposition;
use crate::observe::{
    process,
    requests::{self, Counted},
};

/// Names and units as Prometheus' own client libraries have them, so that dashboards for any process fit.
pub(super) fn write(out: &mut Exposition) {
    let process::Figures { began_s, up_s, resident_bytes, open_fds, max_fds } = process::figures();
    let about = "Unix time at which the process began.";
    out.single("process_start_time_seconds", "gauge", about, Some(began_s));
    out.single("outrigger_uptime_seconds", "gauge", "How long the process runs.", Some(up_s));
    out.single("process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes);
    out.single("process_open_fds", "gauge", "Open file descriptors.", open_fds);
    out.single("process_max_fds", "gauge", "Most file descriptors it may open.", max_fds);
    requests(out, &requests::counted());
}

/// Routes are templates of our routers: nothing in them needs escaping.
fn requests(out: &mut Exposition, counted: &[Counted]) {
    let name = "outrigger_http_requests_total";
    out.family(name, "counter", "HTTP requests answered, by class of status.");
    for Counted { route, method, classes, .. } in counted {
        for (class, count) in classes {
            out.sample(name, &format!("route=\"{route}\",method=\"{method}\",status=\"{class}\""), count);
        }
    }
    let name = "outrigger_http_request_duration_seconds";
    out.family(name, "histogram", "Time from a request's head to its answer.");
    for Counted { route, method, took, .. } in counted {
        out.histogram(name, &format!("route=\"{route}\",method=\"{method}\""), took);
    }
}
