"""The packages of a course in a real run-time of SCORM 1.2 and 2004 (scorm-again) as the LMS's side: the score, the
status, the suspend data and every answer reach it, and a later session goes on from them."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_cmi5 import LESSON
from tests.browser.visit import eventually
from tidegraph.app.integrations import lessons

CHECKOUT = Path(__file__).parents[2]


Open = Callable[..., Page]

LMS = """<!doctype html><html lang=en><title>LMS</title><script src="RUNTIME.min.js"></script><script>
  window.refused = [];
  const api = new MAKER({ lmsCommitUrl: "commit", autocommit: false });
  for (const call of ["Initialize", "SetValue", "Commit", "Terminate"]) {
    const name = api.LMSFinish ? `LMS${call.replace("Terminate", "Finish")}` : call;
    const asked = api[name];
    api[name] = (...given) => {
      const done = asked.apply(api, given);
      if (String(done) !== "true") refused.push([name, ...given]);
      return done;
    };
  }
  window.start = (learner, data) => {
    api.reset();
    api.loadFromJSON(data ?? learner);
    document.querySelector("iframe").src = "LAUNCH";
  };
  window.NAME = api;
</script><iframe width="1000" height="1300" title="lesson"></iframe>"""


class Lms:
    """The LMS's page: what it was sent, and the lesson in its frame."""

    def __init__(self, folder: Path, address: str, open_page: Open, version: str) -> None:
        source, site = folder / f"{version}-source", folder / f"{version}-site"
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir()
        (source / "01.md").write_text(LESSON)
        (source / "course.toml").write_text('title = "Backpropagation"\n')
        lessons.build(source, site, [version])
        package = folder / version
        with zipfile.ZipFile(folder / f"{site.name}-{version}.zip") as archive:
            archive.extractall(package)
        manifest = ElementTree.parse(package / "imsmanifest.xml")
        (launch,) = [e.get("href") for e in manifest.iter() if str(e.get("identifier", "")).startswith("lesson-")]
        runtime = CHECKOUT / "node_modules" / "scorm-again" / "dist" / f"{version}.min.js"
        shutil.copyfile(runtime, package / runtime.name)
        maker, name = {"scorm12": ("Scorm12API", "API"), "scorm2004": ("Scorm2004API", "API_1484_11")}[version]
        words = {"RUNTIME": version, "MAKER": maker, "NAME": name, "LAUNCH": str(launch)}
        text = LMS
        for word, stands in words.items():
            text = text.replace(word, stands)
        (package / "lms.html").write_text(text)
        self.commits: list[dict[str, Any]] = []
        self.page = open_page(f"{address}{version}/lms.html", size=(1100, 1400))
        self.page.route("**/commit*", self.commit)
        self.frame = self.page.frame_locator("iframe")

    def commit(self, route: Route) -> None:
        self.commits.append(json.loads(route.request.post_data or "{}"))
        route.fulfill(json={"result": True, "errorCode": 0})

    def start(self, learner: dict[str, Any], data: Any = None) -> None:
        self.page.evaluate("([learner, data]) => start(learner, data)", [learner, data])

    def answer(self, question: str, given: str, correct: bool) -> None:
        asked = self.frame.locator(f"tide-question[name={question}]")
        asked.locator(".fields input").fill(given)
        asked.locator(".check").click()
        asked.locator(f"form[data-correct={str(correct).lower()}]").wait_for()

    def leave(self) -> dict[str, Any]:
        """Leaves the lesson as an LMS closes it; answers the last that the LMS was sent."""
        before = len(self.commits)
        self.page.evaluate("document.querySelector('iframe').src = 'about:blank'")
        eventually(self.page, lambda: len(self.commits) > before, True)
        assert self.page.evaluate("refused") == []
        cmi: dict[str, Any] = self.commits[-1]["cmi"]
        return cmi


PASSED = {"scorm12": ("lesson_status", "wrong"), "scorm2004": ("success_status", "incorrect")}
LEARNER = {"scorm12": {"cmi": {"core": {"student_id": "ada"}}}, "scorm2004": {"cmi": {"learner_id": "ada"}}}


@pytest.mark.parametrize("version", ["scorm12", "scorm2004"])
def test_a_package_in_a_real_run_time(elsewhere: tuple[Path, str], open_page: Open, version: str) -> None:
    lms = Lms(*elsewhere, open_page, version)
    status, wrong = PASSED[version]
    lms.start(LEARNER[version])
    lms.answer("value", "36", True)
    lms.answer("slope", "-24", False)
    held = lms.leave()
    core = held.get("core", held)
    assert (core["score"]["raw"], core["exit"]) == ("50", "suspend")
    assert core.get("completion_status", core.get("lesson_status")) == "completed"
    assert core[status] != "passed"
    given = [held["interactions"][str(n)] for n in range(2)]
    assert [one["id"] for one in given] == ["value", "slope"]
    assert [one["type"] for one in given] == ["fill-in", "fill-in"]
    assert [one["result"] for one in given] == ["correct", wrong]
    assert [one.get("student_response", one.get("learner_response")) for one in given] == ["36", "-24"]
    if version == "scorm2004":
        assert given[1]["description"] == "sign-flipped"
        assert (held["score"]["scaled"], held["progress_measure"]) == ("0.5000", "1.0000")
    assert json.loads(held["suspend_data"])["slope"] == {"response": "-24", "correct": False, "attempts": 1}

    lms.start(LEARNER[version], {"cmi": held})
    expect(lms.frame.locator("[data-progress]")).to_have_text("1 of 2 right")
    lms.answer("slope", "24", True)
    held = lms.leave()
    core = held.get("core", held)
    assert (core["score"]["raw"], core[status]) == ("100", "passed")
    assert json.loads(held["suspend_data"])["slope"] == {"response": "24", "correct": True, "attempts": 2}
    assert [held["interactions"][n]["result"] for n in sorted(held["interactions"])] == ["correct", wrong, "correct"]
