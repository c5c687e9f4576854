import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePlace, encodePlace } from "../../static/url.js";

test("an example's address names it", async () => {
  assert.equal(await encodePlace({ example: "chapter", moment: 4, open: ["l2"] }), "example=chapter&open=l2&moment=4");
});

test("a place comes back as it went", async () => {
  for (const place of [
    { program: "# caf\u00e9 \u03bb\nJ = sum(x ** 2)\n", values: { x: [1.5, -2, [3e-300]] }, moment: 7, open: ["a", "a.b"] },
    { example: "chapter" },
    { example: "rnn", open: [] },
    { program: "" },
  ]) {
    const expected = place.program === "" ? {} : place;
    assert.deepEqual(await decodePlace(`#${await encodePlace(place)}`), expected);
  }
});

test("a long program stays a short link", async () => {
  const program = "h = relu(W @ h)\n".repeat(400);
  assert.ok((await encodePlace({ program })).length < 300);
});

test("damaged parts are left out and the rest is read", async () => {
  assert.deepEqual(await decodePlace("#program=%%%&values=AAAA&moment=-3&example=chain"), { example: "chain" });
  assert.deepEqual(await decodePlace("#moment=one"), {});
  assert.deepEqual(await decodePlace(""), {});
});
