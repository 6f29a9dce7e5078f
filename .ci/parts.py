# SPDX-License-Identifier: Apache-2.0
"""Runs the parts of CI: first what always runs, then, kernel by kernel, what is due and fits.

    python3 .ci/parts.py                the parts of a CI run, within the budget
    python3 .ci/parts.py --everything   every kernel's part, with more cases and without a budget, and
                                        20 s of the fuzzer a reader

A kernel's part is due unless it has passed before on this machine with the same inputs. It fits if it
is expected to end within the budget, by how fast this machine has been so far. So does the check of
the installation, whose budget is what a run may take. What is not run is printed by name, with its
reason, and so is where the minutes went.
"""

import argparse
import dataclasses
import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

BUDGET = 25 * 60
"""Seconds after which no kernel's part is to be running."""

DEADLINE = 60 * 60
"""Seconds after which a kernel's part is ended, should it run on against all expectation."""

LIMIT = 75 * 60
"""Seconds after which nothing is to be running but tests: a run may take 90 minutes."""

COMPILE_SECONDS = 150
"""How long 'compile cmalab' takes on the machine that all figures here are from: two cores."""

KERNEL_SECONDS = 300
"""How long a kernel takes there, its download included."""

STAMP_DAYS = 7
"""After so long a part is due again: kernels, QEMU and compilers change with the mirrors."""

CANNOT_BE_JUDGED = 75
"""What .ci/conformance exits with where the change is not to blame: EX_TEMPFAIL of sysexits.h."""

CMALAB = ".build/debug/cmalab"

GUEST_INPUTS = (
    "Package.swift", "Sources", "Tests/CommandsTests", "boards", "dts", "images", "kernel-config",
    ".ci",
)


@dataclasses.dataclass(frozen=True)
class Part:
    name: str
    command: tuple[str, ...]
    seconds: int = 0
    """How long it takes on the machine of the figures, its kernels being built; 0 if it always runs."""
    kernels: int = 0
    """How many kernels it builds first; 0 if it is no kernel's part."""

    @property
    def is_optional(self) -> bool:
        return self.seconds > 0

    @property
    def budget(self) -> int:
        """Seconds of the run by which it has to be expected to end, or it is left out."""
        return BUDGET if self.kernels else LIMIT


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def always() -> list[Part]:
    default = output(".ci/lines", "default")
    layouts = (CMALAB, "conform", "--kernel", default, "--cases", "50", "--seed", "1")
    return [
        Part("lint", ("make", "lint")),
        Part("test", ("make", "test")),
        Part("made-up layouts", layouts),
        Part("install", (".ci/check-install",), 310),
    ]


def of_kernels(*cases: str) -> list[Part]:
    """A part for each kernel beside the default one, the newest line first."""

    def part(name: str, seconds: int, kernels: int = 1) -> Part:
        return Part(f"kernel {name}", (".ci/conformance", name, *cases), seconds, kernels)

    default = output(".ci/lines", "default")
    lines = [line for line in reversed(output(".ci/lines").split()) if line != default]
    return [part(line, 150) for line in lines] + [
        part("arm", 240, 2), part("64k", 90), part("16k", 90), part("forms", 150),
    ] + [part(f"arm-{line}", 200, 2) for line in lines] + [
        part(f"numa-{line}", 150) for line in (default, *lines)
    ]


class Stamps:
    """Which part passed with which inputs, remembered beside the cache of kernels."""

    def __init__(self) -> None:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        self.folder = pathlib.Path(os.environ.get("CMALAB_CACHE") or f"{home}/cmalab") / "ci"

    def has_passed_once(self, part: Part) -> bool:
        """Whether it passed with any inputs: its kernels are built then, unless they have changed."""
        return (self.folder / part.name).exists()

    def commit(self, part: Part) -> str | None:
        """The commit that it passed at with the inputs that it has now, not too long ago."""
        try:
            stamp = self.folder / part.name
            digest, commit = stamp.read_text().split()
            age = time.time() - stamp.stat().st_mtime
        except (OSError, ValueError):
            return None
        return commit if digest == self.digest() and age < STAMP_DAYS * 86_400 else None

    def write(self, part: Part) -> None:
        if (digest := self.digest()) is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / part.name).write_text(f"{digest} {output('git', 'rev-parse', 'HEAD')}\n")

    @staticmethod
    def digest() -> str | None:
        """Of the inputs as they are committed; None where they are not."""
        if output("git", "status", "--porcelain", "--", *GUEST_INPUTS):
            return None
        return hashlib.sha256(output("git", "ls-tree", "HEAD", *GUEST_INPUTS).encode()).hexdigest()


class Run:
    """The parts of one run: what they took, and what became of the others."""

    def __init__(self, folder: str) -> None:
        self.started = time.monotonic()
        self.steps = pathlib.Path(folder) / "steps"
        self.rows: list[str] = []
        self.left_out: list[str] = []
        self.passed = 0
        self.failed = 0

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @property
    def factor(self) -> float:
        """How much slower this machine is than the one that the figures are from; 1 if it is faster."""
        for seconds, name in self.noted():
            if name == "compile cmalab":
                return max(1, seconds / COMPILE_SECONDS)
        return 1

    def noted(self) -> list[tuple[int, str]]:
        """The steps that .ci/steps.bash has written down for the parts so far."""
        if not self.steps.exists():
            return []
        rows = [row.split("\t") for row in self.steps.read_text().splitlines()]
        return [(int(seconds), name) for seconds, name in rows]

    def seconds_needed(self, part: Part, kernels: int) -> float:
        return (part.seconds + kernels * KERNEL_SECONDS) * self.factor

    def do(self, part: Part, deadline: float | None = None) -> bool:
        """Runs a part; whether it passed."""
        print(f"\n== {part.name}", flush=True)
        started = self.elapsed
        known = len(self.noted())
        status = self.status(part, deadline)
        words = {0: "", CANNOT_BE_JUDGED: ": not judged", None: ": ended"}.get(status, ": FAILED")
        self.rows.append(f"{minutes(self.elapsed - started)}  {part.name}{words}")
        self.rows += [f"{minutes(seconds)}    {name}" for seconds, name in self.noted()[known:]]
        if status == 0:
            self.passed += 1
        elif status is None:
            self.leave_out(part, f"to its end, as it was not through after {DEADLINE // 60} minutes")
        elif status == CANNOT_BE_JUDGED and part.is_optional:
            self.leave_out(part, "to its end, for the reason that it printed")
        else:
            self.failed += 1
        return status == 0

    def status(self, part: Part, deadline: float | None) -> int | None:
        """A part's exit status; None where it had to be ended."""
        process = subprocess.Popen(
            part.command, env={**os.environ, "CMALAB_STEPS": str(self.steps)},
            start_new_session=True)
        try:
            return process.wait(deadline and max(1, deadline - self.elapsed))
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def leave_out(self, part: Part, reason: str) -> None:
        self.left_out.append(f"not run: {part.name}, {reason}; by hand: {' '.join(part.command)}")

    def report(self) -> None:
        print("\n== where the minutes went")
        print("\n".join([*self.rows, f"{minutes(self.elapsed)}  in all", *self.left_out]))
        print(f"parts: {self.passed} passed, {self.failed} failed, {len(self.left_out)} left out")


def minutes(seconds: float) -> str:
    return f"{int(seconds) // 60:4}:{int(seconds) % 60:02}"


def within_budget(run: Run) -> bool:
    parts = [*always(), *of_kernels()]
    stamps = Stamps()
    for index, part in enumerate(parts):
        if not part.is_optional:
            if not run.do(part):
                for other in parts[index + 1:]:
                    run.leave_out(other, f"as {part.name} failed")
                break
            continue
        needs = run.seconds_needed(part, 0 if stamps.has_passed_once(part) else part.kernels)
        if part.kernels and (commit := stamps.commit(part)):
            run.leave_out(part, f"as it passed with the same inputs at {commit[:12]}")
        elif run.elapsed + needs > part.budget:
            run.leave_out(
                part, f"as it takes about {minutes(needs).strip()} and the budget is"
                f" {part.budget // 60} minutes")
        elif run.do(part, DEADLINE if part.kernels else None) and part.kernels:
            stamps.write(part)
    return run.failed == 0


def everything(run: Run) -> bool:
    stamps = Stamps()
    run.do(Part("fuzzing", (".ci/fuzz", "20")))
    for part in of_kernels("100"):
        if run.do(part):
            stamps.write(part)
    return run.failed == 0 and not run.left_out


def main() -> int:
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--everything", action="store_true")
    with tempfile.TemporaryDirectory() as folder:
        run = Run(folder)
        try:
            has_passed = (everything if arguments.parse_args().everything else within_budget)(run)
        finally:
            run.report()
    return 0 if has_passed else 1


if __name__ == "__main__":
    sys.exit(main())
