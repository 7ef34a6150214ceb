"""A queue of trainings, each of which runs in a process of its own.

One thread supervises all of them. It alone starts and ends processes and updates jobs; other
threads only set flags and wake it. `core.execution.worker` is what runs in the process.
"""

import atexit
import multiprocessing
import os
import secrets
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from core.errors import Problem
from core.execution import forkserver as forks
from core.execution import worker
from core.execution.job import Job
from core.training.config import Config
from core.training.recipe import Recipe

TICK = 0.05  # seconds between two checks while a training runs
IDLE = 30.0  # and while none does
KILL = 0.8  # seconds from asking a training to stop to killing it
FINISH = 5.0  # seconds a training has to end a step once its time is over
MEASURE = 60.0  # seconds it then has to measure its network
CROWD = 60.0  # the budget, and the time to measure, while others wait
GRACE = 60.0  # seconds that a training outlives its visitor's last sign of life
KEEP = 3600.0  # seconds that an ended one's files do


class Runner:
    """A queue of trainings, of which as many run at once as leave a core to the page.

    slots: how many; max(1, cores − 1) by default. budget: seconds that each may run; 60 while
    others wait. waiting: how many may. folder: where weights are kept, a private temporary one by
    default; it is removed at the end. grace, keep: see `Job.touch`.
    """

    def __init__(
        self,
        folder: Path | None = None,
        slots: int | None = None,
        budget: float = 600.0,
        waiting: int = 32,
        grace: float = GRACE,
        keep: float = KEEP,
    ):
        self.slots = slots or max(1, (os.cpu_count() or 1) - 1)
        self.budget, self.capacity, self.grace, self.keep = budget, waiting, grace, keep
        self.folder = Path(tempfile.mkdtemp(prefix="netlab-", dir=folder))
        self.open = True  # whether trainings may begin; those that wait keep their places
        self._lock = threading.Lock()  # guards the two collections
        self._jobs: dict[str, Job] = {}  # the latest of each owner
        self._discarded: list[Job] = []
        self._context: Any = multiprocessing.get_context(forks.METHOD)
        self._wake_reader, self._wake_writer = self._context.Pipe(duplex=False)
        self._closing = False
        self._thread = threading.Thread(target=self._supervise, name="runner", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def warm(self) -> None:
        """Start the server that trainings fork from, so that the first one starts at once."""
        forks.warm(self._context)

    def submit(
        self,
        recipe: Recipe,
        config: Config,
        owner: str,
        device: str = "auto",
        budget: float | None = None,
        evaluate: bool = True,
    ) -> Job:
        """Queue a training; an earlier, ended one of the same owner is forgotten.

        budget: its own seconds, at most the runner's. evaluate: whether a training that was not
        stopped measures its network at the end. Raises `Problem` ("training.running") while the
        owner's last one goes on, ("training.full"), ("training.closed") while none may begin.
        """
        if not self.open:
            raise Problem("training.closed")
        with self._lock:
            last = self._jobs.get(owner)
            if last is not None and not last.ended:
                raise Problem("training.running")
            waiting = len(self._waiting())
            if waiting >= self.capacity:
                raise Problem("training.full", waiting=waiting)
            # Whoever is told the folder of one must not know that of another.
            folder = self.folder / secrets.token_hex(16)
            job = Job(self, recipe, config, owner, folder)
            job.device, job.evaluate = device, evaluate
            job.budget = min(budget or self.budget, self.budget)
            if last is not None:
                self._discarded.append(last)
                del self._jobs[owner]  # so that the new one stands last in the queue
            self._jobs[owner] = job
        self.ring()
        return job

    def find(self, owner: str) -> Job | None:
        """The latest training of an owner."""
        return self._jobs.get(owner)

    def unfinished(self) -> list[Job]:
        """All trainings that run, then those that wait, in their order."""
        return [*self._jobs_with("running"), *self._waiting()]

    @property
    def owners(self) -> list[str]:
        """Who has a training, be it over or not."""
        with self._lock:
            return list(self._jobs)

    def forget(self, owner: str) -> None:
        """End the training of an owner, if any, and delete its files."""
        with self._lock:
            job = self._jobs.pop(owner, None)
            if job is not None:
                self._discarded.append(job)
        if job is not None:
            job.stop(wait=False)

    def close(self) -> None:
        """End every training and remove all files."""
        atexit.unregister(self.close)
        if self._thread.is_alive():
            self._closing = True
            self.ring()
            self._thread.join()

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ring(self) -> None:
        """Wake the supervising thread."""
        with suppress(OSError):
            self._wake_writer.send_bytes(b".")

    def place(self, job: Job) -> int:
        """How many trainings start before a waiting one does, itself included; 0 once it runs."""
        with self._lock:
            waiting = self._waiting()
        return waiting.index(job) + 1 if job in waiting else 0

    def expected_wait(self, job: Job) -> float | None:
        """About how many seconds until a waiting training starts, if each uses its whole time.

        None while none may begin.
        """
        if not self.open:
            return None
        with self._lock:
            waiting, running = self._waiting(), self._jobs_with("running")
        free_at = [each.remaining or 0.0 for each in running] + [0.0] * (self.slots - len(running))
        for other in waiting:
            soonest = min(range(len(free_at)), key=free_at.__getitem__)
            if other is job:
                return free_at[soonest]
            free_at[soonest] += min(other.budget, CROWD)
        return 0.0

    def left(self, job: Job) -> float:
        """Seconds that a running job still has, as things stand: less where others wait."""
        spent = time.monotonic() - job.started
        return min(job.budget, CROWD) - spent if self._waiting() else job.budget - job.elapsed

    def _jobs_with(self, status: str) -> list[Job]:
        jobs = [*list(self._jobs.values()), *self._discarded]
        return [job for job in jobs if job.status == status]

    def _waiting(self) -> list[Job]:
        return [job for job in self._jobs_with("waiting") if not job.stopping]

    # What follows runs in the supervising thread.

    def _supervise(self) -> None:
        while not self._closing:
            running = self._jobs_with("running")
            sources: list[Any] = [self._wake_reader]
            for job in running:
                sources += [job.process.sentinel, *([job.pipe] if job.pipe else [])]
            now = time.monotonic()
            deadlines = [max(0.01, job.kill_at - now) for job in running if job.kill_at]
            ready = wait(sources, min([TICK, *deadlines]) if running else IDLE)
            while self._wake_reader.poll():
                self._wake_reader.recv_bytes()
            now = time.monotonic()
            for job in running:
                if job.pipe in ready:
                    self._read_pipe(job)
                self._enforce_limits(job, now)
                if not job.process.is_alive():
                    self._record_exit(job)
            self._start_waiting(now)
            self._delete_expired(now)
        for job in self._jobs_with("running"):
            job.process.kill()
            self._record_exit(job)
        for job in self._jobs_with("waiting"):
            job.end("stopped", "abandoned")
        self._wake_reader.close()
        self._wake_writer.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_waiting(self, now: float) -> None:
        with self._lock:
            waiting = self._jobs_with("waiting")
        for job in waiting:
            if job.stopping or now - job.seen > self.grace:
                job.end("stopped", "stopped" if job.stopping else "abandoned")
            elif self.open and len(self._jobs_with("running")) < self.slots:
                self._start(job)

    def _start(self, job: Job) -> None:
        job.started = time.monotonic()
        ours, theirs = self._context.Pipe()
        job.pipe = ours
        try:
            self.warm()
            job.folder.mkdir(parents=True)
            work = (theirs, job.recipe, job.config, job.file, job.device, job.evaluate)
            job.process = self._context.Process(target=worker.work, args=work, daemon=True)
            job.process.start()
        except Exception as error:  # e.g. the disk or the process table is full; the others go on
            ours.close()
            job.end("failed", "failed", Problem("training.error", reason=str(error)[:200]))
        else:
            job.status = "running"
        theirs.close()

    def _read_pipe(self, job: Job) -> None:
        """Receive what a training has sent since."""
        assert job.pipe is not None
        try:
            while job.pipe.poll():
                job.receive(*job.pipe.recv())
        except (EOFError, OSError):
            job.pipe.close()
            job.pipe = None

    def _enforce_limits(self, job: Job, now: float) -> None:
        """Ask a training to end when its time is over or it is stopped; kill it if it does not."""
        why = job.asked
        if job.stopping:
            why = "stopped"
        elif now - job.seen > self.grace:
            why = "abandoned"
        elif not why and not job.measuring and self.left(job) < 0:
            why = "budget"
        if why != job.asked:
            job.asked = why
            job.kill_at = now + (FINISH if why == "budget" else KILL)
            job.tell("end", why)
        if job.measuring and why in ("", "budget"):
            job.kill_at = job.measuring + MEASURE
        if job.kill_at and now > job.kill_at:
            job.process.kill()

    def _record_exit(self, job: Job) -> None:
        """Note how a training whose process has exited ended."""
        job.process.join()
        if job.pipe is not None:
            self._read_pipe(job)
        if job.pipe is not None:
            job.pipe.close()
            job.pipe = None
        code = job.process.exitcode
        job.process.close()
        ending = job.said or job.asked
        if job.problem is not None:
            job.end("failed", "failed", job.problem)
        elif ending:
            job.end("finished" if ending in ("complete", "budget") else "stopped", ending)
        elif self._closing:
            job.end("stopped", "abandoned")
        elif code is not None and code < 0:
            job.end("failed", "failed", Problem("training.killed"))
        else:
            job.end("failed", "failed", Problem("training.died", code=code))

    def _delete_expired(self, now: float) -> None:
        """Delete the files of trainings that are forgotten or expired."""
        with self._lock:
            for owner, job in list(self._jobs.items()):
                if job.ended and now - job.seen > self.keep:
                    self._discarded.append(self._jobs.pop(owner))
            gone = [job for job in self._discarded if job.ended]
            self._discarded = [job for job in self._discarded if not job.ended]
        for job in gone:
            shutil.rmtree(job.folder, ignore_errors=True)
