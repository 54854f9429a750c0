"""Notices to phones, mail and chats, by apprise; a notice that cannot be sent never holds anything up."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from crampwatch.scoring import InputError

Failed = Callable[[str], None]
"""Called, from another thread, with why a notice was not sent."""

WAITING = 100  # more than that and the network has been away for long; the newest are told, the state is in the log


class Notices:
    """Sends notices, one after the other, beside everything else.

    Raises `InputError` from the constructor where apprise is not installed or does not know a URL.
    """

    def __init__(self, urls: Sequence[str], failed: Failed) -> None:
        self._failed = failed
        self._pool = ThreadPoolExecutor(1, "notices")
        self._waiting: list[Future[None]] = []
        self._send = _sender(urls) if urls else None

    def send(self, title: str, text: str) -> None:
        """Send a notice soon; returns at once."""
        if self._send is None:
            return
        self._waiting = [job for job in self._waiting if not job.done()]
        if len(self._waiting) >= WAITING:
            self._failed(f"not sent, {WAITING} notices are waiting: {title}: {text}")
            return
        self._waiting.append(self._pool.submit(self._try, title, text))

    def close(self, *, wait: bool) -> None:
        """Let go; `wait` for what is on its way, or drop it."""
        self._pool.shutdown(wait=wait, cancel_futures=not wait)

    def _try(self, title: str, text: str) -> None:
        if self._send is not None and not self._send(title, text):
            self._failed(f"not sent: {title}: {text}")


def _sender(urls: Sequence[str]) -> Callable[[str, str], bool]:
    try:
        from apprise import Apprise  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        raise InputError("--notify needs apprise: pip install 'crampwatch[notify]'") from error
    to = Apprise()
    for url in urls:
        if not to.add(url):
            raise InputError(
                f"--notify: apprise does not know where {url.partition(':')[0]}:… leads; see its list of services"
            )

    def send(title: str, text: str) -> bool:
        try:
            return bool(to.notify(body=text, title=title))
        except Exception:  # noqa: BLE001 - a hundred services, each with errors of its own; told by the caller
            return False

    return send
