"""The binding: run with CANDOR_GATE_LIBRARY and CANDOR_GATE_CATALOGUE (the document of schema/crewai)."""

import json
import os
import unittest

import candor_gate

LIBRARY, CATALOGUE = os.environ["CANDOR_GATE_LIBRARY"], os.environ["CANDOR_GATE_CATALOGUE"]
HEAD = '{"kind":"span","name":"Tool Usage","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":'
FINE = HEAD + '{"crewai_version":"1.15.30","tool_name":"word_counter","attempts":1}}'
BAD = HEAD + '{"crewai_version":"1.15.30","tool_name":"word_counter","attempts":1,"unlisted":"CANARY"}}'


class Binding(unittest.TestCase):
    def setUp(self):
        self.gate = candor_gate.Gate.open(LIBRARY, CATALOGUE)
        self.addCleanup(self.gate.close)

    def test_each_line_has_one_verdict(self):
        lines = [FINE, None, "", BAD, FINE.replace(",", ",\n"), "{", "\ud800"]
        verdicts = [verdict and json.loads(verdict) for verdict in self.gate.check_lines(lines)]
        rules = [verdict and verdict["rules"] for verdict in verdicts]
        self.assertEqual(rules, [[], None, [], ["unknown_key"], [], ["unreadable"], ["unreadable"]])
        self.assertEqual(verdicts[3]["findings"][0]["attribute"], "unlisted")
        self.assertEqual(self.gate.check_lines([]), [])

    def test_a_request_is_rebuilt(self):
        request = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"CANARY"},{"name":"Tool Usage"}]}]}]}'
        signals, body, report = self.gate.pass_request(candor_gate.TRACES, request)
        self.assertEqual((signals, b"Tool Usage" in body, b"CANARY" in body), (1, True, False))
        self.assertEqual(json.loads(report)["reasons"]["unknown"], 1)

    def test_errors_are_exceptions(self):
        for call in (
            lambda: candor_gate.Gate(LIBRARY, b"{}"),
            lambda: candor_gate.Gate.open(LIBRARY, CATALOGUE, "nobody").check_lines([FINE]),
            lambda: self.gate.pass_request(9, b""),
        ):
            self.assertRaises(candor_gate.GateError, call)

    def test_duckdb(self):
        try:
            import duckdb, pyarrow  # noqa: F401
        except ImportError:
            self.skipTest("duckdb and pyarrow are not installed")
        connection = duckdb.connect()
        candor_gate.register_duckdb(connection, self.gate)
        connection.execute("create table stored (line varchar)")
        connection.executemany("insert into stored values (?)", [[FINE], [BAD], [BAD]])
        query = """
            select finding->>'rule' as rule, finding->>'attribute' as attribute, count(*) as times
            from (select unnest(from_json(candor_check(line)->'findings', '["json"]')) as finding from stored)
            group by all
        """
        self.assertEqual(connection.execute(query).fetchall(), [("unknown_key", "unlisted", 2)])


if __name__ == "__main__":
    unittest.main()
