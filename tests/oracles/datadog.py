"""Reads request bodies with the models of Datadog's own client: {"path", "body"} a line in, {"errors", "read"} a line out.

`read` is what the client would send for what it read: nothing may be lost on the way.
"""

import json
import sys

from datadog_api_client import Configuration
from datadog_api_client.model_utils import OpenApiModel, model_to_dict, validate_and_convert_types
from datadog_api_client.v1.model.event_create_request import EventCreateRequest
from datadog_api_client.v2.model.http_log import HTTPLog
from datadog_api_client.v2.model.metric_payload import MetricPayload

MODELS = {"/api/v1/events": EventCreateRequest, "/api/v2/logs": HTTPLog, "/api/v2/series": MetricPayload}
# A log's members beyond the reserved ones are attributes, of any name.
FREE = {"HTTPLogItem"}


def complaints(value, where):
    """Returns what the client read only because it takes what it does not know."""
    if isinstance(value, OpenApiModel):
        if getattr(value, "_unparsed", False):
            yield f"{where}: not understood"
        for name, member in getattr(value, "_data_store", {}).items():
            known = name in value.openapi_types or type(value).__name__ in FREE
            if not known:
                yield f"{where}.{name}: no such member of {type(value).__name__}"
            yield from complaints(member, f"{where}.{name}")
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from complaints(member, f"{where}[{place}]")


for line in sys.stdin:
    request = json.loads(line)
    model = MODELS[request["path"]]
    try:
        found = validate_and_convert_types(request["body"], (model,), ["body"], True, True, Configuration())
        errors, read = list(complaints(found, "body")), model_to_dict(found)
    except Exception as error:
        errors, read = [f"{type(error).__name__}: {error}"], None
    print(json.dumps({"errors": errors, "read": read}, default=str))
