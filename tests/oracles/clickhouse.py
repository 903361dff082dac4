"""Serves ClickHouse's HTTP interface in front of the real engine, which chdb runs in this process.

Usage: clickhouse.py PORT FOLDER. The query, the settings and the data of each request reach the engine as they came; only
what belongs to HTTP is done here: credentials, compression, and the exception's code as a header.
"""

import gzip
import re
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import chdb.session

USER, PASSWORD = "default", "oracle-password"
# What the server's HTTP handler takes for itself; all else in the query is the engine's setting.
OF_HTTP = {"query", "database", "wait_end_of_query"}


def quoted(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def statement(parameters, body):
    """Returns what the engine is asked: the query, the settings before its FORMAT, and the body after it."""
    query = parameters.get("query", "")
    settings = ", ".join(f"{name} = {quoted(value)}" for name, value in parameters.items() if name not in OF_HTTP)
    if not query.startswith("INSERT"):
        return query + body.decode()
    head, form = query.rsplit(" FORMAT ", 1)
    return f"{head} SETTINGS {settings} FORMAT {form}\n{body.decode()}"


class Handler(BaseHTTPRequestHandler):
    # One request at a time, because the engine's session is one connection: no idle client may hold the only place.
    protocol_version = "HTTP/1.0"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if (self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key")) != (USER, PASSWORD):
            return self.answer(403, "Code: 516. DB::Exception: Authentication failed.", "516")
        try:
            parameters = dict(parse_qsl(urlsplit(self.path).query, strict_parsing=True))
            found = self.server.session.query(statement(parameters, body), "TabSeparated").data()
            # A count of changed rows is chdb's own: over HTTP an INSERT has no answer.
            self.answer(200, "" if parameters.get("query", "").startswith("INSERT") else found)
        except Exception as error:
            code = re.search(r"Code: (\d+)", str(error))
            self.answer(500, str(error), code and code.group(1))

    def answer(self, status, text, code=None):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if code:
            self.send_header("X-ClickHouse-Exception-Code", code)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.session = chdb.session.Session(sys.argv[2])
server.serve_forever()
