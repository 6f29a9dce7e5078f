# SPDX-License-Identifier: Apache-2.0
"""Looks at the device trees of a kernel's source with 'cmalab lint', and counts what it finds.

KERNEL-SOURCE is a tree with arch/arm64/boot/dts; by default the newest Linux 6.1 that the cache has.
The trees are taken in an order that mixes vendors, the same each time, until the seconds (180) are
over; how many of how many were looked at is said, and what processor time it took, which other work on
the machine does not change much. Every error is listed. Overlays are counted and no more, and so is a
source that cpp or dtc refuses: packages of a kernel's source leave headers out. Exit 1 where cmalab
could not look at another one, 2 where there is no kernel source.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path


def cached_source():
    """The newest 6.1 of the cache; None for none."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cmalab/kernel-sources"
    found = []
    for makefile in cache.glob("*/Makefile"):
        numbers = [line.split("=")[1].strip() for line in makefile.read_text().splitlines()[1:4]]
        if numbers[:2] == ["6", "1"]:
            found.append((int(numbers[2]), makefile.parent))
    return max(found)[1] if found else None


def trees(source):
    """Sources of boards in an order that does not follow vendors."""
    files = [path for arch in ("arm64", "arm") for path in (source / f"arch/{arch}/boot/dts").rglob("*.dts")]
    return sorted(files, key=lambda path: hashlib.sha256(str(path.relative_to(source)).encode()).digest())


# What cmalab says of a source that is no whole tree, or that this source of a kernel lacks files for.
REFUSALS = {
    "is an overlay": "overlays",
    "cpp refuses it": "do not compile",
    "dtc cannot compile": "do not compile",
}


class Failure(str):
    """What cmalab said of a source that it should have looked at."""


def look(cmalab, path, deadline):
    """cmalab's report; why there is none; a Failure; None where the time is over."""
    if time.monotonic() > deadline:
        return None
    result = subprocess.run(
        [cmalab, "lint", str(path), "--page-size", "4k", "--format", "json"],
        capture_output=True, text=True, timeout=300, check=False)
    for words, why in REFUSALS.items():
        if words in result.stderr:
            return why
    if result.returncode in (0, 1) and result.stdout:
        return json.loads(result.stdout)
    return Failure(result.stderr.strip() or f"it ended with {result.returncode}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--cmalab", default=".build/release/cmalab")
    parser.add_argument("--out", type=Path, help="where to write each tree's findings, as JSON lines")
    given = parser.parse_args()
    source = given.source or cached_source()
    if not source or not (source / "arch/arm64/boot/dts").is_dir():
        print("lint-dts: no kernel source: name one, or build a kernel 6.1 first", file=sys.stderr)
        return 2
    files = trees(source)
    started = time.monotonic()
    deadline = started + given.seconds
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda path: look(given.cmalab, path, deadline), files))
    counts, touched, errors, failures, lines = collections.Counter(), {}, [], [], []
    left_out = collections.Counter()
    looked = 0
    for path, answer in zip(files, answers):
        name = str(path.relative_to(source))
        if answer is None:
            continue
        looked += 1
        if isinstance(answer, Failure):
            failures.append(f"{name}: {answer.splitlines()[-1]}")
            continue
        if isinstance(answer, str):
            left_out[answer] += 1
            continue
        lines.append(json.dumps({"tree": name, "findings": answer["findings"]}))
        for finding in answer["findings"]:
            key = (finding["severity"], finding["rule"])
            counts[key] += 1
            touched.setdefault(key, set()).add(name)
            if finding["severity"] == "error":
                errors.append(f"{name}: {finding['place']['key']}: {finding['problem']} [{finding['rule']}]")
    if given.out:
        given.out.write_text("".join(f"{line}\n" for line in lines))
    reasons = ", ".join(f"{count} {why}" for why, count in sorted(left_out.items())) or "all whole trees"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{looked} of {len(files)} trees of {source} ({reasons})")
    print(f"{time.monotonic() - started:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time")
    for (severity, rule), count in sorted(counts.items()):
        print(f"  {severity:8} {rule:24} {count:5} in {len(touched[severity, rule])} trees")
    for line in errors + failures:
        print(line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
