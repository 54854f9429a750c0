"""Notices through apprise to a real listener; one that cannot be sent holds nothing up and is told."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

import pytest

from crampwatch.monitoring.notices import Notices
from crampwatch.scoring import InputError

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise imports it


@pytest.fixture
def listener() -> Iterator[tuple[str, "Queue[dict[str, Any]]"]]:
    got: Queue[dict[str, Any]] = Queue()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_port}", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_notice_arrives(listener: tuple[str, "Queue[dict[str, Any]]"]) -> None:
    url, got = listener
    failed: Queue[str] = Queue()
    notices = Notices([url], failed.put)
    notices.send("CrampWatch FAULT: P01 left", "no link for 2.0 min")
    arrived = got.get(timeout=20)
    assert (arrived["title"], arrived["message"]) == ("CrampWatch FAULT: P01 left", "no link for 2.0 min")
    notices.close(wait=True)
    assert failed.empty()


def test_a_notice_that_cannot_be_sent_is_told_and_nobody_waits_for_it() -> None:
    failed: Queue[str] = Queue()
    notices = Notices(["json://127.0.0.1:1"], failed.put)  # nobody listens on port 1
    before_s = time.monotonic()
    notices.send("CrampWatch FAULT: P01 left", "no link")
    assert time.monotonic() - before_s < 1.0
    assert failed.get(timeout=60) == "not sent: CrampWatch FAULT: P01 left: no link"
    notices.close(wait=True)


def test_a_place_that_apprise_does_not_know_is_refused() -> None:
    with pytest.raises(InputError, match="does not know where pigeon"):
        Notices(["pigeon://loft"], print)


def test_without_places_nothing_is_sent() -> None:
    notices = Notices([], print)
    notices.send("title", "text")
    notices.close(wait=True)
