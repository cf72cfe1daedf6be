"""Checks pipeline files by the schema that the program prints.

    schema.py SCHEMA GOOD... -- BAD...      every GOOD must fit it, and no BAD may; prints what is otherwise
"""

import json
import sys

import yaml
from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
rest = sys.argv[2:]
split = rest.index("--")
problems = []
for path in rest[:split]:
    with open(path, encoding="utf-8") as file:
        for error in validator.iter_errors(yaml.safe_load(file)):
            problems.append(f"{path}: {error.json_path}: {error.message[:200]}")
for path in rest[split + 1 :]:
    with open(path, encoding="utf-8") as file:
        if not list(validator.iter_errors(yaml.safe_load(file))):
            problems.append(f"{path} fits, and must not")
print("\n".join(problems))
sys.exit(1 if problems else 0)
