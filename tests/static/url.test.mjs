import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePlace, encodePlace } from "../../static/state/url.js";

test("an example's address names it", async () => {
  assert.equal(await encodePlace({ example: "chapter", moment: 4, open: ["l2"] }), "example=chapter&open=l2&moment=4");
});

test("a place comes back as it went", async () => {
  for (const place of /** @type {import("../../static/state/url.js").Place[]} */ ([
    { program: "# caf\u00e9 \u03bb\nJ = sum(x ** 2)\n", values: { x: [1.5, -2, [3e-300]] }, moment: 7, open: ["a", "a.b"] },
    { example: "chapter" },
    { example: "rnn", open: [] },
    { example: "moons", select: "W1", camera: { x: 0.5, y: -0.25, k: 1.5 }, look: "shapes,gradient", panel: "devices" },
    { example: "moons", settings: { devices: { count: "6", memory: "Infinity" }, training: { csv: "x,y\n1,2\n", "optimizer.beta1": "0.8" } } },
    {
      example: "moons",
      values: { W: [1, 2], lam: 3 },
      step: { seed: 0, state: { step: 7, parameters: { W: [1, 2] }, optimizer_step: 7, moments: { m: { W: [0.5, 0.25] } } } },
    },
    { program: "" },
  ])) {
    const expected = place.program === "" ? {} : place;
    assert.deepEqual(await decodePlace(`#${await encodePlace(place)}`), expected);
  }
});

test("a long program stays a short link", async () => {
  const program = "h = relu(W @ h)\n".repeat(400);
  assert.ok((await encodePlace({ program })).length < 300);
});

test("what is as proposed leaves no trace", async () => {
  assert.equal(await encodePlace({ example: "moons", settings: {}, look: "", values: {}, sizes: {} }), "example=moons");
});

test("the parameters of an opened step are those among the values", async () => {
  const numbers = Array.from({ length: 200 }, (_, i) => Math.sin(i));
  const step = { state: { step: 7, parameters: { W: numbers } } };
  const link = await encodePlace({ example: "moons", values: { W: numbers }, step });
  assert.ok(link.length < 1.1 * (await encodePlace({ example: "moons", values: { W: numbers } })).length);
  const without = new URLSearchParams(link);
  without.delete("values");
  assert.deepEqual(await decodePlace(without.toString()), { example: "moons" });
});

test("damaged parts are left out and the rest is read", async () => {
  assert.deepEqual(await decodePlace("#program=%%%&values=AAAA&moment=-3&example=chain"), { example: "chain" });
  assert.deepEqual(await decodePlace("#moment=one&camera=0.5,1&settings=AAAA&step=%%%"), {});
  assert.deepEqual(await decodePlace("#camera=0.5,NaN,1"), {});
  assert.deepEqual(await decodePlace("#camera=0.5,0.5,-1"), {});
  const wrong = await encodePlace({ settings: /** @type {any} */ ({ devices: { count: 6 } }) });
  assert.deepEqual(await decodePlace(wrong), {});
  assert.deepEqual(await decodePlace(""), {});
});
