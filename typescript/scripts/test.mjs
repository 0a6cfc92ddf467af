// Builds the package, generates what the tests are about, compiles the tests strictly, and runs them.
//
// `CANDOR_VECTORS` says how many vectors there are (32,000), `CANDOR_SEED` which. They come from `candor vectors`: the
// workspace's command, or the one that `CANDOR` names. A folder that was made before is named by `CANDOR_VECTORS_FOLDER`.
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(here);
const build = join(here, "build");

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: here, stdio: "inherit" });
  if (error !== undefined || status !== 0) process.exit(status ?? 1);
}

/** Runs the command `candor`: the one that `CANDOR` names, or the workspace's. */
function candor(stdout, ...args) {
  const own = process.env.CANDOR;
  const cargo = ["run", "--manifest-path", join(root, "Cargo.toml"), "--locked", "--quiet", "-p", "candor-cli", "--"];
  const [command, before] = own === undefined ? ["cargo", cargo] : [own, []];
  const { status, error } = spawnSync(command, [...before, ...args], { cwd: here, stdio: ["ignore", stdout, "inherit"] });
  if (error !== undefined || status !== 0) process.exit(status ?? 1);
}

const tsc = join(here, "node_modules/typescript/bin/tsc");
rmSync(join(build, "src"), { recursive: true, force: true });
rmSync(join(build, "out"), { recursive: true, force: true });
mkdirSync(join(build, "src/catalogues"), { recursive: true });
run(process.execPath, tsc, "-p", "tsconfig.json");

const vectors = process.env.CANDOR_VECTORS_FOLDER ?? join(build, "vectors");
const catalogues = {
  core: "tests/vectors/core.yaml",
  demo: "tests/fixtures/demo.yaml",
  channels: "tests/fixtures/channels.yaml",
  crewai: "schema/crewai",
  notes: "examples/notes/telemetry.yaml",
};
for (const [name, catalogue] of Object.entries(catalogues)) {
  if (process.env.CANDOR_VECTORS_FOLDER !== undefined) break;
  const folder = join(vectors, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  candor("inherit", "generate", join(root, catalogue), "--out", folder, "--language", "typescript");
  const count = String(Math.ceil(Number(process.env.CANDOR_VECTORS ?? "32000") / 4));
  const file = openSync(join(folder, "vectors.jsonl"), "w");
  candor(file, "vectors", join(root, catalogue), "--count", count, "--seed", process.env.CANDOR_SEED ?? "0");
  closeSync(file);
}
for (const name of readdirSync(vectors)) {
  const module = join(vectors, name, "typescript/telemetry.ts");
  if (existsSync(module)) cpSync(module, join(build, "src/catalogues", `${name}.ts`));
}
cpSync(join(root, "generated/typescript/telemetry.ts"), join(build, "src/catalogues/crewai.ts"));
cpSync(join(here, "test"), join(build, "src"), { recursive: true });
const options = { extends: "../tsconfig.json", compilerOptions: { rootDir: "src", outDir: "out", declaration: false }, include: ["src"], exclude: ["src/types"] };
writeFileSync(join(build, "tsconfig.json"), JSON.stringify(options));
run(process.execPath, tsc, "-p", "build/tsconfig.json");

const wanted = process.argv.slice(2);
const tests = readdirSync(join(build, "out")).filter((name) => name.endsWith(".test.js"));
const chosen = tests.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
process.env.CANDOR_VECTORS_MADE = vectors;
run(process.execPath, "--test", ...chosen.map((name) => join("build/out", name)));
