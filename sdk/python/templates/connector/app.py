"""@TITLE@: carries messages to an endpoint, one request a delivery."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.connector import Description
from wit_world.exports.deliver import Outcome
from wit_world.imports import http
from wit_world.imports.http import Request
from wit_world.imports.types import Fault

from rialto import Refused, read, text


class Connector(exports.Connector):
    def describe(self):
        return Description(["@NAME@"], ["text"], 100, [])


class Deliver(exports.Deliver):
    def deliver(self, settings, batch):
        try:
            endpoint = text("settings", read("settings", settings), "endpoint")
        except Refused as why:
            raise Err(Fault(why.code, why.message, why.retry_after_ms, []))
        requests = [
            Request("POST", endpoint, [("idempotency-key", id)], batch.parts[at].encode(), id, None, None, [])
            for at, id in enumerate(batch.ids)
        ]
        answers = http.send_all(requests) if requests else []
        return [outcome(at, answer) for at, answer in enumerate(answers)]


def outcome(at, answer):
    if isinstance(answer, Err):
        return Outcome(at, "uncertain", None, answer.value, [])
    status = answer.value.status
    if 200 <= status < 300:
        return Outcome(at, "accepted", None, None, [])
    waits = [value for name, value in answer.value.headers if name.lower() == "retry-after" and value.isdigit()]
    why = Fault("unavailable", f"it answered {status}", 1000 * int(waits[0]) if waits else 60_000, [])
    return Outcome(at, "retry" if status == 429 or status >= 500 else "rejected", None, why, [])
