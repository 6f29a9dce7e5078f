# SPDX-License-Identifier: Apache-2.0
"""Reads KTAP with the kernel's own parser: ktap.py KERNEL-SOURCE.tar.xz RESULTS. Prints JSON."""
import contextlib, io, json, subprocess, sys, tempfile, pathlib

with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["tar", "-xJf", sys.argv[1], "-C", folder, "--strip-components=4", "--wildcards",
                    "*/tools/testing/kunit/*.py"], check=True)
    sys.path.insert(0, folder)
    with contextlib.redirect_stdout(io.StringIO()):  # kunit_printer keeps what stdout is on import
        import kunit_parser
        main = kunit_parser.parse_run_tests(pathlib.Path(sys.argv[2]).read_text().splitlines())

suite = main.subtests[0]
tests = [{"name": test.name, "status": test.status.name} for test in suite.subtests]
json.dump({"errors": main.counts.errors, "suite": suite.name, "status": main.status.name,
           "tests": tests, "log": [line for test in suite.subtests for line in test.log]}, sys.stdout)
