# SPDX-License-Identifier: Apache-2.0
"""Validates JSON documents: validate.py SCHEMAS SCHEMA[#POINTER] < document. Exits 1 and says why."""
import json, pathlib, sys
import jsonschema

store = {}
for path in pathlib.Path(sys.argv[1]).glob("*.schema.json"):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    store[schema["$id"]] = schema
resolver = jsonschema.RefResolver("", {}, store=store)
validator = jsonschema.Draft202012Validator({"$ref": sys.argv[2]}, resolver=resolver)
errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
          for e in validator.iter_errors(json.load(sys.stdin))]
print("\n".join(errors[:10]))
sys.exit(bool(errors))
