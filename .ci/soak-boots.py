# SPDX-License-Identifier: Apache-2.0
"""Boots cells of the catalogue, drawn at random, while everything goes wrong around them.

    python3 .ci/soak-boots.py CMALAB [--boots 1000] [--seed 1] [--jobs 2] [--only KEY=VALUE]...

Every core is kept busy by something else. Some boots lose their QEMU, some are ended by a signal, some
are killed, some write to a disk that fills up. What the verdict has to be is what 'cmalab predict' says
of the cell: a boot that was disturbed may be inconclusive instead, and never anything else. It fails
where a verdict was wrong, where an undisturbed boot had none, where a boot did not come to an end or
left a process behind, and where 'cmalab observe' judges what is left of the run otherwise.

--only takes cells as 'cmalab matrix run --only' does: those with via=kconfig have a kernel built for
each size.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

CATALOGUE = "boards/matrices/catalogue.yaml"

TIMEOUT = 300
"""Seconds for each stage of a boot, which has to share the machine."""

DEADLINE = 4 * TIMEOUT
"""Seconds after which a boot is said never to end."""

GRACE = 15
"""Seconds within which what a killed cmalab started has to be gone."""

DISK_MIB = 96
"""Of the disk that fills up: room for a kernel, an initramfs and a console."""

PASS, FAIL, INCONCLUSIVE = 0, 1, 2

FAULTS = {
    "none": 8, "QEMU is killed": 3, "cmalab is killed": 3, "TERM": 2, "INT": 1, "the disk fills up": 3,
}
"""What happens to a boot, and how often in comparison."""

FULL_DISK = """
mount -t tmpfs -o size=$1m tmpfs "$2" || exit 99
(sleep "$3"; exec cat /dev/zero > "$2/filler" 2> /dev/null) & filler=$!
shift 3
"$@"
code=$?
kill $filler 2> /dev/null
"$1" observe "${out:?}" > /dev/null 2>&1
echo "$?" > "${seen:?}"
exit $code
"""


@dataclasses.dataclass
class Outcome:
    fault: str
    cell: str
    expected: int
    status: int | None
    """The exit status; None where it never ended."""
    observed: int | None
    """What the run's folder is judged afterwards; None where there is no record."""
    orphans: list[str]
    errors: str

    @property
    def word(self) -> str:
        if self.status is None:
            return "hung"
        if self.orphans:
            return "orphans"
        verdicts = {self.status, self.observed} - {None}
        if self.status in (PASS, FAIL) and self.observed not in (None, self.status):
            return "wrong"
        if verdicts & {PASS, FAIL} - {self.expected}:
            return "wrong"
        if self.status == self.expected:
            return "right"
        return "inconclusive" if self.fault != "none" else "no verdict"


class Soak:
    def __init__(self, cmalab: str, folder: pathlib.Path, seed: int) -> None:
        self.cmalab = os.path.abspath(cmalab)
        self.folder = folder
        self.seed = seed
        self.predicted: dict[tuple[str, ...], int] = {}
        self.lock = threading.Lock()
        self.usual_seconds = 8.0

    def cells(self, only: list[str]) -> list[dict]:
        """Those of the catalogue, as the plan of a submission has them."""
        plan = self.folder / "plan"
        options = [word for cell in only for word in ("--only", cell)]
        subprocess.run(
            [self.cmalab, "matrix", "submit", CATALOGUE, "--engine", "none", "--out", plan, *options],
            check=True, capture_output=True)
        return json.loads((plan / "matrix.json").read_text())["cells"]

    @staticmethod
    def options(cell: dict) -> tuple[str, ...]:
        return tuple(
            word for key, values in sorted(cell["coordinates"].items()) for value in values
            for word in (f"--{key}", value))

    def expected(self, options: tuple[str, ...]) -> int:
        with self.lock:
            if options not in self.predicted:
                self.predicted[options] = subprocess.run(
                    [self.cmalab, "predict", *options], capture_output=True).returncode
            return self.predicted[options]

    def boot(self, number: int, cell: dict) -> Outcome:
        draw = random.Random(f"{self.seed}/{number}")
        fault = draw.choices(list(FAULTS), FAULTS.values())[0]
        options = self.options(cell)
        expected = self.expected(options)
        home = self.folder / f"boot-{number}"
        home.mkdir()
        out, seen = home / "disk" / "run", home / "seen"
        out.parent.mkdir()
        command = [self.cmalab, "boot", *options, "--timeout", str(TIMEOUT), "--out", str(out)]
        delay = draw.uniform(0, self.usual_seconds)
        if fault == "the disk fills up":
            isolation = [] if os.geteuid() == 0 else ["--map-root-user"]
            command = ["unshare", "--mount", *isolation, "sh", "-c", FULL_DISK, "sh",
                       str(DISK_MIB), str(out.parent), f"{delay:.2f}", *command]
        started = time.monotonic()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/",
            env={**os.environ, "out": str(out), "seen": str(seen)})
        disturber = threading.Thread(target=self.disturb, args=(process, fault, delay, out))
        disturber.start()
        try:
            _, errors = process.communicate(timeout=DEADLINE)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            _, errors = process.communicate()
            status = None
        disturber.join()
        if fault == "none" and status in (PASS, FAIL):
            self.usual_seconds += (time.monotonic() - started - self.usual_seconds) / 8
        outcome = Outcome(
            fault, cell["id"], expected, status, self.observed(out, seen), self.orphans(home), errors)
        shutil.rmtree(home)
        return outcome

    def observed(self, out: pathlib.Path, seen: pathlib.Path) -> int | None:
        if seen.exists():
            return int(seen.read_text())
        if not (out / "record.json").exists():
            return None
        return subprocess.run([self.cmalab, "observe", out], capture_output=True).returncode

    @staticmethod
    def disturb(process: subprocess.Popen, fault: str, delay: float, out: pathlib.Path) -> None:
        if fault in ("none", "the disk fills up"):
            return
        if fault == "QEMU is killed":
            # From when it is there.
            while process.poll() is None and not (emulators := Soak.processes_in(out)):
                time.sleep(0.02)
            time.sleep(delay / 2)
            for emulator in Soak.processes_in(out) if process.poll() is None else []:
                try:
                    os.kill(emulator, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            return
        time.sleep(delay)
        number = {"cmalab is killed": signal.SIGKILL, "TERM": signal.SIGTERM, "INT": signal.SIGINT}
        process.send_signal(number[fault])

    @staticmethod
    def processes_in(folder: pathlib.Path) -> list[int]:
        """Those that work there, as a run's QEMU does."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if os.readlink(entry / "cwd").startswith(str(folder)):
                    found.append(int(entry.name))
            except OSError:
                pass
        return found

    @staticmethod
    def orphans(folder: pathlib.Path) -> list[str]:
        end = time.monotonic() + GRACE
        while (left := Soak.processes_in(folder)) and time.monotonic() < end:
            time.sleep(0.1)
        return [str(process) for process in left]


def busy_processes() -> list[subprocess.Popen]:
    count = os.cpu_count() or 1
    return [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(count)]


def table(outcomes: list[Outcome]) -> str:
    words = ["right", "inconclusive", "wrong", "no verdict", "hung", "orphans"]
    counts = collections.Counter((outcome.fault, outcome.word) for outcome in outcomes)
    rows = [["what happened", "boots", *words]]
    for fault in FAULTS:
        numbers = [counts[fault, word] for word in words]
        rows.append([fault, *map(str, [sum(numbers), *numbers])])
    sums = [sum(counts[fault, word] for fault in FAULTS) for word in words]
    rows.append(["in all", *map(str, [sum(sums), *sums])])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def main() -> int:
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    # A shell has what it starts in the background ignore SIGINT, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cmalab")
    parser.add_argument("--boots", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", default=[])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(arguments.cmalab, pathlib.Path(folder), arguments.seed)
        cells = soak.cells(arguments.only)
        draw = random.Random(arguments.seed)
        chosen = [draw.choice(cells) for _ in range(arguments.boots)]
        load = busy_processes()
        outcomes = []
        try:
            with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
                for outcome in pool.map(soak.boot, range(len(chosen)), chosen):
                    outcomes.append(outcome)
                    if outcome.word not in ("right", "inconclusive"):
                        print(f"{outcome.word}: {outcome}", flush=True)
        finally:
            for process in load:
                process.kill()
                process.wait()
    print(table(outcomes))
    bad = [outcome for outcome in outcomes if outcome.word not in ("right", "inconclusive")]
    return 1 if bad or len(outcomes) < arguments.boots else 0


if __name__ == "__main__":
    sys.exit(main())
