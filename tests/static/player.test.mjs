import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlayer } from "../../static/state/player.js";

const STEPS = /** @type {{ phase: "forward" | "backward" }[]} */ ([
  { phase: "forward" },
  { phase: "forward" },
  { phase: "backward" },
]);

function loaded(options = {}) {
  const player = createPlayer(options);
  player.load(STEPS);
  return player;
}

/** Lets time pass until the player rests or `most` seconds are over. @param {ReturnType<typeof loaded>} player */
function run(player, most = 60) {
  const moments = [player.state.moment];
  for (let t = 0; t < most * 60 && player.running; t += 1) {
    player.tick(1000 / 60);
    if (player.state.moment !== moments.at(-1)) moments.push(player.state.moment);
  }
  return moments;
}

test("it starts at rest before the first step", () => {
  assert.deepEqual(loaded().state, { length: 3, first: 0, last: 3, moment: 0, progress: 0, current: -1, playing: false, speed: 1, looping: false });
});

test("play visits every moment in order and stops at the end", () => {
  const player = loaded();
  player.play();
  assert.equal(player.state.current, 0);
  assert.deepEqual(run(player), [0, 1, 2, 3]);
  assert.equal(player.state.playing, false);
});

test("play at the end starts over", () => {
  const player = loaded();
  player.seek(3);
  player.play();
  assert.equal(player.state.moment, 0);
  assert.ok(player.state.playing);
});

test("a step travels, then rests on the next moment", () => {
  const player = loaded();
  player.step();
  player.tick(200);
  assert.ok(player.state.progress > 0 && player.state.progress < 1);
  assert.equal(player.state.current, 0);
  assert.deepEqual(run(player), [0, 1]);
  assert.equal(player.state.current, 0);
});

test("a second step finishes the one under way", () => {
  const player = loaded();
  player.step();
  player.tick(200);
  player.step();
  assert.equal(player.state.moment, 1);
  assert.equal(player.state.current, 1);
});

test("stepping beyond the end stays at the end", () => {
  const player = loaded();
  player.seek(3);
  player.step();
  assert.equal(player.state.moment, 3);
  assert.ok(!player.running);
});

test("back undoes the step under way, then goes back one", () => {
  const player = loaded();
  player.seek(2);
  player.step();
  player.tick(200);
  player.back();
  assert.equal(player.state.moment, 2);
  player.back();
  assert.equal(player.state.moment, 1);
  player.seek(0);
  player.back();
  assert.equal(player.state.moment, 0);
});

test("pause freezes a step half way and play goes on from there", () => {
  const player = loaded();
  player.play();
  player.tick(300);
  player.pause();
  const { progress } = player.state;
  player.tick(1000);
  assert.equal(player.state.progress, progress);
  player.play();
  player.tick(16);
  assert.ok(player.state.progress > progress);
});

test("seek goes anywhere within the steps", () => {
  const player = loaded();
  for (const [to, moment] of [[2, 2], [-5, 0], [99, 3]]) {
    player.seek(to);
    assert.equal(player.state.moment, moment);
  }
});

test("the next phase begins where the steps change direction", () => {
  const player = loaded();
  assert.deepEqual(player.boundaries, [0, 2, 3]);
  player.nextPhase();
  assert.equal(player.state.moment, 2);
  player.nextPhase();
  assert.equal(player.state.moment, 3);
});

test("speed shortens travel and rest alike", () => {
  const slow = loaded();
  const fast = loaded();
  fast.setSpeed(4);
  slow.play();
  fast.play();
  slow.tick(400);
  fast.tick(100);
  assert.ok(Math.abs(slow.state.progress - fast.state.progress) < 1e-12);
});

test("without animation steps happen at once and play still waits between them", () => {
  const player = loaded({ animated: () => false });
  player.step();
  assert.deepEqual([player.state.moment, player.state.progress, player.running], [1, 0, false]);
  player.replay();
  assert.equal(player.state.moment, 1);
  assert.deepEqual(run(player), [1, 2, 3]);
});

test("every change is announced", () => {
  const player = loaded();
  /** @type {number[]} */
  const moments = [];
  player.on("change", (state) => moments.push(state.moment));
  player.seek(2);
  player.back();
  assert.deepEqual(moments, [2, 1]);
});

test("with no steps there is nothing to play", () => {
  const player = createPlayer();
  player.play();
  player.step();
  assert.ok(!player.running);
  assert.equal(player.state.moment, 0);
});

test("a show that loops begins anew when it has ended", () => {
  const player = createPlayer({ animated: () => false });
  player.load([{ phase: "forward" }, { phase: "backward" }]);
  player.setLooping(true);
  player.play();
  /** @type {number[]} */
  const moments = [];
  for (let i = 0; i < 4; i += 1) {
    player.tick(700);
    moments.push(player.state.moment);
  }
  assert.deepEqual(moments, [2, 1, 2, 1]);
  assert.equal(player.state.playing, true);
  player.setLooping(false);
  player.tick(700);
  assert.equal(player.state.playing, false);
});

test("the previous phase is the start of the one under way, then of the one before", () => {
  const player = createPlayer();
  player.load([{ phase: "forward" }, { phase: "forward" }, { phase: "backward" }, { phase: "backward" }], 3);
  player.previousPhase();
  assert.equal(player.state.moment, 2);
  player.previousPhase();
  assert.equal(player.state.moment, 0);
});

test("a part of the steps is played as if it were all there is", () => {
  const player = createPlayer();
  player.load(STEPS, 0, [1, 2]);
  assert.equal(player.state.moment, 1);
  assert.deepEqual(player.boundaries, [1, 2]);
  player.play();
  assert.deepEqual(run(player), [1, 2]);
  player.play();
  assert.deepEqual(run(player), [1, 2]);
  player.seek(3);
  assert.equal(player.state.moment, 2);
});
