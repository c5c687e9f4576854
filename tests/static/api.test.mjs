import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { createApi } from "../../static/state/api.js";

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

/** A server that refuses with each of `codes` in turn, and then answers. @param {string[]} codes */
function refusing(...codes) {
  let asked = 0;
  globalThis.fetch = async () => {
    const code = codes[asked++];
    if (!code) return Response.json({ done: true });
    return Response.json({ code, detail: code }, { status: 503, headers: { "retry-after": "0.01" } });
  };
  return () => asked;
}

test("a request comes again to a server that is busy", async () => {
  const asked = refusing("busy", "too-many-runs");
  assert.deepEqual(await createApi("/").ask("gradients", {}), { done: true });
  assert.equal(asked(), 3);
});

test("in the end it says that the server is busy", async () => {
  const asked = refusing("busy", "busy", "busy", "busy", "busy");
  await assert.rejects(createApi("/").ask("gradients", {}), { message: "busy", status: 503 });
  assert.equal(asked(), 4);
});

test("what another attempt would not change is said at once", async () => {
  const asked = refusing("dask-no-worker");
  await assert.rejects(createApi("/").ask("partition", {}), { message: "dask-no-worker" });
  assert.equal(asked(), 1);
});
