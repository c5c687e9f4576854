import assert from "node:assert/strict";
import { test } from "node:test";
import { programsOfSize, withoutColumn, withoutIncomplete, withoutRow } from "../../static/panels/training-table.js";

test("rows with missing values are left out, the names stay", () => {
  assert.equal(withoutIncomplete("a,b,y\r\n1,,3\r\n4,5,6\r\n7,NA,9\r\n1,2\r\n"), "a,b,y\n4,5,6");
  assert.equal(withoutIncomplete('a;b;y\n"1,5";2;3\n;1;2'), 'a;b;y\n"1,5";2;3');
});

test("a column is left out by its name, or by its number", () => {
  assert.equal(withoutColumn('"the name",x,y\n"b, ob",1,2', "the name"), "x,y\n1,2");
  assert.equal(withoutColumn("bob,1,2\nal,3,4", "x1"), "1,2\n3,4");
  assert.equal(withoutColumn("a  b  y\n1 2  3", "b"), "a y\n1 3");
});

test("a line is left out by its number", () => {
  assert.equal(withoutRow("a,y\n1,2\n3,dog\n4,5", 3), "a,y\n1,2\n4,5");
});

test("a size is another number wherever it is named", () => {
  assert.deepEqual(programsOfSize("n, d = 16, 3\nk = 3 # classes\nJ = n * 3", 3, 5), ["n, d = 16, 5\nk = 3 # classes\nJ = n * 3", "n, d = 16, 3\nk = 5 # classes\nJ = n * 3"]);
});

test("a size without a name is another number in every declaration", () => {
  assert.deepEqual(programsOfSize("X: input[16, 3]\nW: parameter[3, 4] = normal()\nJ = sum(X @ W) * 3", 3, 5), ["X: input[16, 5]\nW: parameter[5, 4] = normal()\nJ = sum(X @ W) * 3"]);
});
