"""Runs Sentry's normalizer over events: an object {"type", "payload"} a line in, {"errors", "event"} a line out."""

import json
import sys

from sentry_relay.processing import StoreNormalizer

normalizer = StoreNormalizer(project_id=42)
for line in sys.stdin:
    item = json.loads(line)
    event = item["payload"]
    if item["type"] == "transaction":
        # Ingestion takes the type from the item's header, whatever the payload says.
        event["type"] = "transaction"
    event = normalizer.normalize_event(event)
    print(json.dumps({"errors": event.get("errors", []), "event": event}))
