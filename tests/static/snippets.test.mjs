import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PANELS, elementLines, exportLines, frameAddress, frameLine, mkdocsLines, mystLines, notebookLines, sphinxLines,
} from "../../static/panels/snippets.js";
import { decodePlace } from "../../static/state/url.js";

const BASE = "https://tide.example/";
const PROGRAM = "a: parameter = 2\nJ = a ** 2";
const chapter = { example: "chapter", title: 'The "chapter"', program: PROGRAM, values: {}, sizes: {}, open: [] };
const own = { ...chapter, example: null, values: { a: 3 } };
const plain = { theme: "auto", language: "", panels: PANELS, moment: 0, steps: "", digits: 4, scientific: false, autoplay: false, readonly: false, height: 560 };
const wished = { ...plain, theme: "dark", language: "zh", panels: ["equation", "transport"], moment: 3, steps: "0-6", digits: 6, scientific: true, autoplay: true, readonly: true, height: 400 };

test("an example as it stands has an address that can be read", async () => {
  assert.equal(await frameAddress(BASE, chapter, plain), `${BASE}embed/chapter`);
  assert.equal(
    await frameAddress(BASE, chapter, wished),
    `${BASE}embed/chapter?theme=dark&moment=3&steps=0-6&panels=equation,transport&digits=6&scientific=1&autoplay=1&readonly=1&language=zh`,
  );
});

test("a program and its numbers come back out of the address", async () => {
  const { hash } = new URL(await frameAddress(BASE, own, { ...plain, moment: 2 }));
  const { program, values, moment } = await decodePlace(hash);
  assert.deepEqual({ program, values, moment }, { program: PROGRAM, values: { a: 3 }, moment: 2 });
});

test("a title cannot leave its attribute", async () => {
  const line = await frameLine(BASE, chapter, wished);
  assert.ok(line.includes('title="The &quot;chapter&quot;"'));
  assert.ok(line.includes("?theme=dark&amp;moment=3"));
  assert.ok(line.includes('height="400"'));
});

test("a program stands in its element as text", () => {
  assert.equal(
    elementLines(BASE, own, { ...plain, readonly: true }),
    `<script type="module" src="${BASE}static/embed.js"></script>\n<tide-graph values="{&quot;a&quot;:3}" readonly>\n` +
      `<script type="text/plain">\n${PROGRAM}\n</script>\n</tide-graph>`,
  );
  const hostile = { ...own, program: "# </script><b>\nJ = 1" };
  assert.ok(elementLines(BASE, hostile, plain).includes('program="# &lt;/script>&lt;b>\nJ = 1"'));
});

test("the sources of a course say it each in their own way", () => {
  const how = { ...plain, moment: 3, autoplay: true };
  assert.equal(sphinxLines(own, how), '.. tide::\n   :values: {"a":3}\n   :moment: 3\n   :autoplay:\n\n   a: parameter = 2\n   J = a ** 2');
  assert.equal(mystLines(own, how), '```{tide}\n:values: {"a":3}\n:moment: 3\n:autoplay:\n\na: parameter = 2\nJ = a ** 2\n```');
  assert.equal(mkdocsLines(own, how), "```tide values='{\"a\":3}' moment=\"3\" autoplay\na: parameter = 2\nJ = a ** 2\n```");
  assert.equal(sphinxLines(chapter, plain), ".. tide:: chapter");
  assert.ok(notebookLines({ ...own, program: 'J = 1 # """' }).includes('J = 1 # \\"\\"\\"\n""")'));
  assert.ok(exportLines().startsWith("tidegraph export graph.tide -o graph.html"));
});
