// Prints what the runtime weighs in a program, bundled and compressed: for Node with everything, and for browsers.
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const MOST = 12_000;
let failed = false;
for (const [name, platform] of [["index", "node"], ["browser", "browser"]]) {
  const { outputFiles } = buildSync({
    entryPoints: [`dist/${name}.js`], bundle: true, minify: true, format: "esm", platform, write: false, target: "es2022",
  });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  failed ||= name === "browser" && size > MOST;
  console.log(`${name}: ${size} bytes compressed; the goal is ${MOST}${size > MOST ? ", which is missed" : ""}`);
}
process.exitCode = failed ? 1 : 0;
