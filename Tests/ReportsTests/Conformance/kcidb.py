# SPDX-License-Identifier: Apache-2.0
"""Validates a submission to KCIDB with the package kcidb-io: kcidb.py FILE. Exits 1 and says why."""
import json
import sys

from kcidb_io.schema import V5_3

with open(sys.argv[1], encoding="utf-8") as file:
    V5_3.validate(json.load(file))
