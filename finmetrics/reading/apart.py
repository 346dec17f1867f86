"""Reading in a process apart: a file that hangs, crashes or floods its reader costs itself and no other."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

from finmetrics.model import Document
from finmetrics.reading.failure import ReadFailure, Unreadable, one_line
from finmetrics.reading.fields import Keys
from finmetrics.reading.limits import MB, Limits

# kind, name, keys of feeds, limits, the file
Task = tuple[str, str, Keys, Limits, bytes]
Found = Document | ReadFailure


class Reader:
    """A process that reads one file after another; begun with the first, and anew after one that ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, kind: str, data: bytes, name: str, keys: Keys, limits: Limits) -> Iterator[Found]:
        """What the file holds. Raises :class:`Unreadable` where reading it took too long or ended the process."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limits.seconds, stop)
        timer.daemon = True
        timer.start()
        whole = False
        try:
            pickle.dump((kind, name, keys, limits, data), process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            while (item := pickle.load(process.stdout)) is not None:
                if isinstance(item, Unreadable):
                    whole = True
                    raise item
                yield item
            whole = True
        except (EOFError, OSError, pickle.UnpicklingError):
            if late.is_set():
                raise Unreadable(f"took longer than {limits.seconds} s to read") from None
            raise Unreadable(f"broken: its reader ended ({_ending(process)})") from None
        finally:
            timer.cancel()
            if not whole:
                self.close()

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            command = [sys.executable, "-c", "from finmetrics.reading.apart import serve; serve()"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.wait()
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def serve() -> None:
    """Reads the tasks on standard input until it ends, and answers on standard output."""
    tasks, answers = sys.stdin.buffer, sys.stdout.buffer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program that asked ends this process
    while True:
        try:
            task: Task = pickle.load(tasks)
        except EOFError:
            return
        _limit(task[3])
        for item in _answer(task):
            pickle.dump(item, answers, pickle.HIGHEST_PROTOCOL)
        pickle.dump(None, answers)
        answers.flush()
        _limit(None)


def _answer(task: Task) -> Iterator[Found | Unreadable]:
    try:
        yield from _read(*task)
    except Unreadable as error:
        yield error
    except MemoryError:
        yield Unreadable(f"needs more than {task[3].memory} MB to read")
    except RecursionError:
        yield Unreadable("broken: nested too deep")
    except Exception as error:  # whatever a parser makes of a broken file
        yield Unreadable(f"cannot be read: {type(error).__name__}: {one_line(error)}")


def _read(kind: str, name: str, keys: Keys, limits: Limits, data: bytes) -> Iterator[Found]:
    from io import BytesIO

    file = BytesIO(data)
    if kind == "pdf":
        from finmetrics.reading.pdf import read_pdf

        yield read_pdf(file, name, limits)
    elif kind == "docx":
        from finmetrics.reading.docx import read_docx

        yield read_docx(file, name, limits)
    else:
        from finmetrics.reading.workbook import read_workbook

        yield from read_workbook(file, name, keys, limits)


def _limit(limits: Limits | None) -> None:
    """Where the system can, ends this process by itself: its asker may be gone when a file hangs."""
    with suppress(ImportError, ValueError, OSError, AttributeError):
        import resource

        signal.alarm(limits.seconds + 5 if limits else 0)
        if limits is not None:
            most = limits.memory * MB
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
