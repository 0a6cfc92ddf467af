"""What Python's jsonschema says of payloads, on the schemas that Candor generated.

    python3 second_opinion.py SCHEMAS CASES

SCHEMAS is the folder of schemas, all of which are checked against their metaschema. Each line of CASES is
`["payload.default.schema.json", {the payload}]`. Prints one line for each: `accepted`, or `refused`.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator


def main(schemas: str, cases: str) -> None:
    validators = {path.name: validator(path) for path in pathlib.Path(schemas).glob("*.json")}
    for line in pathlib.Path(cases).read_text(encoding="utf-8").splitlines():
        name, payload = json.loads(line)
        print("accepted" if validators[name].is_valid(payload) else "refused")


def validator(path: pathlib.Path) -> Draft202012Validator:
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


if __name__ == "__main__":
    main(*sys.argv[1:])
