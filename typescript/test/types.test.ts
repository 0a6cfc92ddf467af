/** The compiler refuses what the catalogue does not list: every line that says so, and no other. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import ts from "typescript";

test("each mistake is an error in its line, and nothing else is one", () => {
  const file = join(import.meta.dirname, "../src/types/mistakes.ts");
  const config = ts.readConfigFile(join(import.meta.dirname, "../tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(import.meta.dirname, ".."));
  const program = ts.createProgram([file], { ...options, noEmit: true });
  const found = new Map<number, string>();
  for (const { file: of, start, messageText } of ts.getPreEmitDiagnostics(program)) {
    assert.equal(of?.fileName.endsWith("mistakes.ts"), true, `${of?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
    const line = ts.getLineAndCharacterOfPosition(of!, start ?? 0).line + 1;
    found.set(line, ts.flattenDiagnosticMessageText(messageText, "\n"));
  }
  const lines = readFileSync(file, "utf8").split("\n");
  const expected = lines.flatMap((line, at) => (line.includes("// mistake:") ? [at + 1] : []));
  assert.ok(expected.length >= 15);
  const told = [...found].map(([line, message]) => `${line}: ${lines[line - 1]}\n    ${message}`).join("\n");
  assert.deepEqual([...found.keys()].sort((a, b) => a - b), expected, told);
});
