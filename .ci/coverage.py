# SPDX-License-Identifier: Apache-2.0
"""Counts the branches of the kernel's early memory code that made-up layouts reach.

    python3 .ci/coverage.py [--kernel LINE] [--cases N] [--seed SEED] [--before PAGE] [--out PAGE]

The line's source is copied, its Makefiles are told to profile FILES (GCOV_PROFILE_*.o), and
'cmalab conform' runs on the kernel that is built of it. Each guest that reaches its last record says
which branches its kernel has taken; gcov-tool adds them up, and gcov names them. A kernel that panics
says nothing: what only such a guest reaches counts as not reached.

The tables of functions are written over the end of PAGE, with the figures of an earlier page beside
them. Each branch that no guest took has to have its reason in .ci/coverage-reasons.tsv; exit 1 where
one has none, 2 where nothing could be measured.
"""

import argparse
import collections
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zlib

CMALAB = pathlib.Path(".build/debug/cmalab")
WORK = pathlib.Path(".build/coverage").absolute()
REASONS = pathlib.Path(".ci/coverage-reasons.tsv")
PAGE = pathlib.Path("Sources/cmalab/cmalab.docc/EarlyMemoryBranches.md")
TOOLS = "aarch64-linux-gnu-"

FILES = (
    "mm/cma.c", "mm/memblock.c", "kernel/dma/contiguous.c", "drivers/of/of_reserved_mem.c",
    "drivers/of/fdt.c", "arch/arm64/mm/init.c", "arch/arm64/mm/mmu.c",
)
"""What is profiled."""


class Trouble(Exception):
    """Nothing can be measured."""


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, text=True, **options)


def release_of(source):
    """The release that a source's Makefile names: "7.3.4"."""
    text = (source / "Makefile").read_text()
    return ".".join(re.findall(r"^(?:VERSION|PATCHLEVEL|SUBLEVEL) = (\d+)", text, re.M))


def source_of(line):
    """The source of a kernel line that is built: the newest in the cache."""
    run(CMALAB, "build", "kernel", "--kernel", line)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    sources = pathlib.Path(os.environ.get("CMALAB_CACHE") or f"{home}/cmalab") / "kernel-sources"
    found = []
    for makefile in sources.glob("*/Makefile"):
        release = release_of(makefile.parent)
        if release.startswith(f"{line}."):
            found.append(([int(number) for number in release.split(".")], makefile.parent))
    if not found:
        raise Trouble(f"there is no source of {line} in {sources}")
    return max(found)[1]


def profiled(source, target):
    """A copy of the source whose Makefiles profile FILES."""
    shutil.rmtree(target, ignore_errors=True)
    run("cp", "--archive", "--reflink=auto", source, target)
    for folder in {pathlib.Path(file).parent for file in FILES}:
        makefile = target / folder / "Makefile"
        text = makefile.read_text()
        objects = [pathlib.Path(file).stem for file in FILES if pathlib.Path(file).parent == folder]
        makefile.chmod(0o644)  # the cache's files are read-only
        makefile.write_text(text + "".join(f"\nGCOV_PROFILE_{name}.o := y" for name in objects) + "\n")


MARK = re.compile(rb"^@cmalab 1 begin (\d+) coverage (\d+) ([0-9a-f]{8})$")


def record(console):
    """The payload of a console's record 'coverage'; None where there is none that is whole."""
    lines = [line.rstrip(b"\r") for line in console.split(b"\n")]
    for place, line in enumerate(lines):
        begin = MARK.match(line)
        if not begin:
            continue
        sequence, length, checksum = begin[1], int(begin[2]), int(begin[3], 16)
        mark = b"@" + sequence + b" "
        payload = b""
        for line in lines[place + 1:]:
            if line == b"@cmalab 1 end " + sequence:
                break
            if line.startswith(mark):
                payload += line[len(mark):] + b"\n"
        header = b"1 %s coverage %d\n" % (sequence, length)
        if len(payload) == length and zlib.crc32(payload, zlib.crc32(header)) == checksum:
            return payload.replace(b"\\\n", b"").decode()
    return None


def merged(consoles, folder):
    """All guests' counts added up in a folder; how many guests."""
    total = folder / "total"
    guests = 0
    for console in sorted(consoles.glob("*.log")):
        payload = record(console.read_bytes())
        if payload is None:
            continue
        one = folder / "one"
        for line in payload.splitlines():
            name, _, digits = line.partition("\t")
            if line.startswith("!"):
                raise Trouble(f"{console}: {line}")
            file = one / name.lstrip("/")
            if ".." in file.parts:
                raise Trouble(f"{console}: a path out of its folder: {name}")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(bytes.fromhex(digits))
        guests += 1
        if total.exists():
            sum_ = folder / "sum"
            run(f"{TOOLS}gcov-tool", "merge", total, one, "-o", sum_)
            shutil.rmtree(total)
            shutil.rmtree(one)
            sum_.rename(total)
        else:
            one.rename(total)
    if not guests:
        raise Trouble(f"no guest of {consoles} reported its branches")
    return total, guests


@dataclasses.dataclass(frozen=True)
class Branch:
    file: str
    function: str
    line: int
    text: str
    """The source's line, without what is around it."""
    index: int
    """Which of the line's branches."""


def branches(total, source):
    """Every branch of FILES, and how often it was taken."""
    counts = {}
    for file in FILES:
        data = next(iter(total.rglob(str(pathlib.Path(file).with_suffix(".gcda")))), None)
        if data is None:
            raise Trouble(f"no guest reported on {file}: was it profiled?")
        notes = pathlib.Path("/") / data.relative_to(total).with_suffix(".gcno")
        link = data.with_suffix(".gcno")
        link.unlink(missing_ok=True)
        link.symlink_to(notes)
        report = run(f"{TOOLS}gcov", "--json-format", "--branch-probabilities", "--stdout", data,
                     capture_output=True, cwd=source).stdout
        lines = (source / file).read_text().splitlines()
        for part in json.loads(report)["files"]:
            if not part["file"].endswith(file):
                continue
            for line in part["lines"]:
                for index, branch in enumerate(line["branches"]):
                    number = line["line_number"]
                    key = Branch(file, line.get("function_name", "(inlined)"), number,
                                 " ".join(lines[number - 1].split()), index)
                    counts[key] = counts.get(key, 0) + branch["count"]
    return counts


def reasons():
    """(file, function or *, text or *) and why no case reaches it; of several the first that fits."""
    rows = []
    for line in REASONS.read_text().splitlines():
        if line and not line.startswith("#"):
            file, function, text, reason = line.split("\t")
            rows.append((file, function, text, reason))
    return rows


def reason_of(branch, rows):
    for file, function, text, reason in rows:
        if file in (branch.file, "*") and function in (branch.function, "*") and (text == "*" or text in branch.text):
            return reason
    return None


@dataclasses.dataclass
class Function:
    reached: int = 0
    of: int = 0
    reasons: list = dataclasses.field(default_factory=list)
    """Why the rest is not, each once."""


def functions_of(counts, rows):
    """By file, the functions that have branches, in the source's order."""
    files = collections.OrderedDict((file, collections.OrderedDict()) for file in FILES)
    for branch, count in counts.items():
        function = files[branch.file].setdefault(branch.function, Function())
        function.of += 1
        function.reached += count > 0
        reason = None if count else reason_of(branch, rows)
        if reason and reason not in function.reasons:
            function.reasons.append(reason)
    return files


def tables(files, before):
    """Markdown: for each file a table of the functions that run, and a list of those that do not."""
    text = []
    for file, functions in files.items():
        figures = [(function.reached, function.of) for function in functions.values()]
        reached, of = (sum(column) for column in zip(*figures))
        text += [f"### {file}: {reached} of {of}", "", "| Function | Branches | Before | Reached | The rest |",
                 "| --- | ---: | ---: | ---: | --- |"]
        absent = collections.OrderedDict()
        for name, function in functions.items():
            if function.reached == 0 and len(function.reasons) == 1:
                absent.setdefault(function.reasons[0], []).append(f"`{name}` ({function.of})")
            else:
                rest = "; ".join(function.reasons) or ("-" if function.reached == function.of else "")
                earlier = before.get((file, name), "")
                text.append(f"| `{name}` | {function.of} | {earlier} | {function.reached} | {rest} |")
        text.append("")
        if absent:
            text += ["Reached by no guest, with their branches:", ""]
            text += [f"- {', '.join(names)}: {reason}" for reason, names in absent.items()] + [""]
    return text


HEADING = re.compile(r"^### (\S+): ")
ROW = re.compile(r"^\| `([^`]+)` \| \d+ \| \d* \| (\d+) \|")
ABSENT = re.compile(r"`([^`]+)` \(\d+\)")


def figures_of(page):
    """(file, function) and how many of its branches a page says were reached."""
    figures, file = {}, None
    for line in page.read_text().splitlines():
        if heading := HEADING.match(line):
            file = heading[1]
        elif row := ROW.match(line):
            figures[file, row[1]] = int(row[2])
        elif line.startswith("- `"):
            figures |= {(file, name): 0 for name in ABSENT.findall(line.rpartition(": ")[0])}
    return figures


MARKER = "<!-- What follows is written by 'make coverage'. -->"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", default="7.3")
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=6300)
    parser.add_argument("--before", type=pathlib.Path, help="an earlier page (default: what --out is now)")
    parser.add_argument("--out", type=pathlib.Path, default=PAGE, help="the page whose end is written")
    parser.add_argument("--measured", action="store_true", help="read again what the last run's guests said")
    given = parser.parse_args()
    # What is wrong with the pages is said before the guests run.
    head, marker, _ = given.out.read_text().partition(MARKER)
    if not marker:
        raise Trouble(f"{given.out} has no line '{MARKER}'")
    before = figures_of(given.before or given.out)
    WORK.mkdir(parents=True, exist_ok=True)
    source = WORK / f"linux-{given.kernel}"
    consoles = WORK / "consoles"
    if not given.measured:
        profiled(source_of(given.kernel), source)
        shutil.rmtree(consoles, ignore_errors=True)
        run(CMALAB, "conform", "--kernel-source", source, "--kconfig-add", "CONFIG_GCOV_KERNEL=y",
            "--cases", given.cases, "--seed", given.seed, "--consoles", consoles)
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        total, guests = merged(consoles / source.name, pathlib.Path(folder))
        counts = branches(total, source)
    rows = reasons()
    reached = sum(count > 0 for count in counts.values())
    summary = (f"{guests} guests of Linux {release_of(source)} (`--cases {given.cases} --seed {given.seed}`) "
               f"reach {reached} of {len(counts)} branches.")
    given.out.write_text("\n".join([head + MARKER, "", summary, ""] + tables(functions_of(counts, rows), before)))
    print(f"{summary} {given.out} has the tables.")
    unexplained = [branch for branch, count in counts.items() if not count and not reason_of(branch, rows)]
    for branch in unexplained:
        print(f"no reason: {branch.file}:{branch.line}: {branch.function}: {branch.text}", file=sys.stderr)
    return 1 if unexplained else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Trouble, OSError, subprocess.CalledProcessError) as error:
        print(f"coverage: {error}", file=sys.stderr)
        sys.exit(2)
