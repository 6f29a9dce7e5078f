# SPDX-License-Identifier: Apache-2.0
"""Validates a JSON document: validate.py SCHEMAS SCHEMA[#POINTER] DOCUMENT. Exits 1 and says why."""
import json, pathlib, sys
import jsonschema

folder = pathlib.Path(sys.argv[1]).resolve().as_uri() + "/"
store = {}
for path in pathlib.Path(sys.argv[1]).glob("*.schema.json"):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    store[folder + path.name] = schema
resolver = jsonschema.RefResolver(folder, {}, store=store)
validator = jsonschema.Draft202012Validator({"$ref": sys.argv[2]}, resolver=resolver)
document = json.loads(pathlib.Path(sys.argv[3]).read_text())
errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
          for e in validator.iter_errors(document)]
print("\n".join(errors[:10]))
sys.exit(bool(errors))
