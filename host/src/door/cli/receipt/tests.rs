//! How receipts read.

use serde_json::json;

use super::*;

#[test]
fn a_receipt_is_a_line_for_each_provider() {
    let receipt = json!({ "id": "i-1", "durability": "fsync", "providers": [
        { "provider": "internal", "state": "delivered" },
        { "provider": "posthog", "state": "retrying", "attempts": 2, "next_try_ms": 1_767_323_045_000_u64,
          "code": "provider.unavailable", "reason": "503" },
    ] });
    let expected = "i-1  internal  delivered\ni-1  posthog   retrying   503; next try 2026-01-02T03:04:05Z";
    assert_eq!(table(&rows(&receipt)), expected);
    assert_eq!(table(&rows(&json!({ "id": "i-2" }))), "i-2  accepted");
}
