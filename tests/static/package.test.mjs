/** The npm package: what is in it, and that its hashes are those of its scripts. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import test from "node:test";
import { fileURLToPath } from "node:url";

test("the package has an ES module, a classic script, types and hashes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tidegraph-"));
  try {
    const printed = execFileSync(execPath, [fileURLToPath(new URL("../../static/embed/package.mjs", import.meta.url)), folder, "1.2.3"], { encoding: "utf8" });
    const read = (/** @type {string} */ name) => readFile(join(folder, name));
    const about = JSON.parse(String(await read("package.json")));
    assert.equal(about.name, "@tidegraph/embed");
    assert.equal(about.version, "1.2.3");
    assert.match(String(await read(about.types)), /"tide-graph": TideGraphElement/);
    const integrity = JSON.parse(String(await read("integrity.json")));
    for (const name of [about.main, "embed.classic.js", "layout-worker.js"]) {
      assert.equal(integrity[name], `sha384-${createHash("sha384").update(await read(name)).digest("base64")}`);
    }
    assert.ok(printed.includes(integrity["embed.js"]));
    for (const name of Object.keys(integrity).filter((name) => name.startsWith("embed.classic"))) {
      const text = String(await read(name));
      assert.doesNotMatch(text, /^\s*(import|export)\b/m);
      for (const [, part] of text.matchAll(/need\("([\w-]+\.js)"\)/g)) assert.ok(integrity[`embed.classic/${part}`], part);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
