"""A course from a folder of texts: pages, packages, and what an author is told."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tidegraph.app.cli import main
from tidegraph.app.integrations import lessons

PROGRAM = "x: input = 2\nw: parameter = 3\nJ = (w * x) ** 2"
FIRST = f"""# Forward *and* back

A neuron computes $z = wx$:

$$J = z^2$$

```tide-question name="q-value"
{PROGRAM}
---
ask: value of J
```

```tide-tour
{PROGRAM}
---
## The product
at: value of multiply
What comes out?

~~~question
ask: sign of gradient w
~~~
```
"""
SECOND = f"""# Paths

```tide-question
{PROGRAM}
---
ask: gradient of w
numbers: individual
```

```python
x < 1
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "course"
    source.mkdir()
    (source / "01-forward.md").write_text(FIRST)
    (source / "02-paths.md").write_text(SECOND)
    (source / "course.toml").write_text('title = "Backpropagation"\nlanguage = "zh"\n')
    return source


def test_a_folder_becomes_a_site_and_packages(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = folder.parent / "site"
    main(["course", "build", str(folder), "-o", str(site), "--package", "scorm12", "--package", "scorm2004"])
    assert len(capsys.readouterr().out.splitlines()) == 3
    page = (site / "01-forward.html").read_text()
    assert '<html lang="zh" data-questions="2" data-lesson="01-forward">' in page
    assert '<span class="tide-math">z = wx</span>' in page
    assert '<tide-question name="q-value"' in page
    assert "<tide-tour" in page
    assert "<figcaption><h3>The product</h3>" in page
    assert '"name":"01-forward-tour-1-1"' in page
    second = (site / "02-paths.html").read_text()
    assert 'name="02-paths-1"' in second
    assert "x &lt; 1" in second
    for name in ("site.js", "course.js", "course.css", "embed-fonts.css"):
        assert (site / "tidegraph" / name).is_file()
    parts = set(re.findall(r'need\("([\w-]+\.js)"\)', (site / "tidegraph/site.js").read_text()))
    assert parts <= {file.name for file in (site / "tidegraph/site").iterdir()}
    assert 'href="02-paths.html"' in (site / "index.html").read_text()
    for version, schema in (("scorm12", "1.2"), ("scorm2004", "2004 4th Edition")):
        with zipfile.ZipFile(folder.parent / f"site-{version}.zip") as archive:
            names = set(archive.namelist())
            manifest = archive.read("imsmanifest.xml").decode()
        root = ElementTree.fromstring(manifest)
        assert root.tag.endswith("manifest")
        assert f"<schemaversion>{schema}</schemaversion>" in manifest
        listed = set(re.findall(r'<file href="([^"]+)"', manifest))
        assert listed == names - {"imsmanifest.xml"}
        assert len(re.findall(r'"sco" href="0', manifest)) == 2


def test_one_lesson_is_the_whole_site_and_names_itself_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Alone\n\nText.\n")
    site = tmp_path / "site"
    lessons.build(tmp_path, site)
    page = (site / "index.html").read_text()
    assert page == (site / "a.html").read_text()
    assert page.count("Alone") == 2, "in the head of the document and above the text"


def test_a_printed_question_has_the_numbers_that_are_given(tmp_path: Path) -> None:
    text = "x: input[2] = [1, -2]\nz = 2 * x\nh = relu(z)\n---\nask: value of h\nnumbers: individual x"
    (tmp_path / "a.md").write_text(f"# A\n\n```tide-question\n{text}\n```\n")
    body = lessons.read_course(tmp_path).lessons[0].body
    assert '<p class="tide-paper"><code>x = [1, -2]</code> <code>z = [2, -4]</code></p>' in body
    assert "[2, 0]" not in body


def test_what_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="has no lesson"):
        main(["course", "build", str(tmp_path)])
    (tmp_path / "a.md").write_text("# A\n\n```tide-question\nJ = 1\n---\nask: value of q\n```\n")
    with pytest.raises(lessons.LessonError, match=r"a\.md:3: .*'q'"):
        lessons.read_course(tmp_path)


def test_cmi5_names_every_lesson_as_a_unit(folder: Path, tmp_path: Path) -> None:
    (folder / "course.toml").write_text('title = "Backpropagation & more"\nmastery = 0.5\n')
    (folder / "03-reading.md").write_text("# Reading\n\nNothing is asked.\n")
    lessons.build(folder, tmp_path / "site", ["cmi5"])
    with zipfile.ZipFile(tmp_path / "site-cmi5.zip") as archive:
        root = ElementTree.fromstring(archive.read("cmi5.xml"))
        names = set(archive.namelist())
    space = "{https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd}"
    assert root.tag == f"{space}courseStructure"
    assert root.findtext(f"{space}course/{space}title/{space}langstring") == "Backpropagation & more"
    units = root.findall(f"{space}au")
    assert [unit.findtext(f"{space}url") for unit in units] == ["01-forward.html", "02-paths.html", "03-reading.html"]
    assert [unit.get("moveOn") for unit in units] == ["CompletedOrPassed", "CompletedOrPassed", "Completed"]
    assert [unit.get("masteryScore") for unit in units] == ["0.5", "0.5", None]
    assert len({unit.get("id") for unit in units}) == 3
    assert all([child.tag.removeprefix(space) for child in unit] == ["title", "description", "url"] for unit in units)
    assert {unit.findtext(f"{space}url") for unit in units} <= names
    assert 'data-mastery="0.5"' in (tmp_path / "site" / "01-forward.html").read_text()


@pytest.mark.parametrize("mastery", ["2", "true", '"all"'])
def test_a_mastery_that_is_none_is_refused(folder: Path, tmp_path: Path, mastery: str) -> None:
    (folder / "course.toml").write_text(f"mastery = {mastery}\n")
    with pytest.raises(lessons.LessonError, match=r"mastery = 0\.8"):
        lessons.build(folder, tmp_path / "site")


def test_a_lessons_answers_are_graded_each_on_its_own_program(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers"
    answers.mkdir()
    (lesson,) = folder.glob("01*.md")
    (answers / "ada.json").write_text(
        json.dumps({"learner": "ada", "answers": {"q-value": 36, f"{lesson.stem}-tour-1-1": "-"}}), encoding="utf-8"
    )
    main(["grade", str(lesson), str(answers)])
    rows = [line.split(",")[1:4] for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [["ada", "q-value", "yes"], ["ada", f"{lesson.stem}-tour-1-1", "no"], ["ada", "total", "no"]]


def test_captions_on_paper_have_their_mathematics(folder: Path) -> None:
    (lesson,) = folder.glob("01*.md")
    text = lesson.read_text(encoding="utf-8").replace("What comes out?", "What is $wx$?")
    lesson.write_text(text, encoding="utf-8")
    body = lessons.lesson(lesson, folder).body
    assert '<figcaption><h3>The product</h3><p>What is <span class="tide-math">wx</span>?</p>' in body


QUESTION = "```tide-question name='q'\nx: input\nJ = x ** 2\n---\nask: value of J\n```\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# A\n\n```tide-question\n---\nask: value of z\n```\n", r"a\.md:3: There is no program"),
        ("# A\n\n```tide-question\nJ = 1\nask: value of J\n```\n", r"a\.md:3: .* a line ---"),
        (f"# A\n\n{QUESTION}\n{QUESTION}", r"a\.md:10: Another question .* called q"),
        ("# A\n\ntext\n\n![p](no.png)\n", r"a\.md:5: there is no picture no\.png"),
        ("![p](../a.png)\n", r"a\.md:1: there is no picture \.\./a\.png"),
        ("---\ntitle: [\n---\n# A\n", r"a\.md:2: the head of a lesson"),
        ("---\ntitle: T\n---\n\n```tide-question\nJ = 1\n---\nask: shape\n```\n", r"a\.md:5: "),
        ('# A\n\n```tide-question example="chaptr"\nask: value of J\n```\n', r"a\.md:3: .* Is it chapter\?"),
        (
            "# A\n\n```tide-tour\nx: input\nJ = x ** 2\n---\n## S\n```question\nask: value of J\n```\n```\n",
            r"a\.md:3: stop S: the fence",
        ),
    ],
)
def test_what_is_wrong_in_a_lesson_is_told_with_file_and_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.md").write_text(text)
    (tmp_path.parent / "a.png").write_bytes(b"")
    with pytest.raises(lessons.LessonError, match=told):
        lessons.read_course(tmp_path)


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"# A\n\nna\xefve\n")
    with pytest.raises(lessons.LessonError, match=r"a\.md:3: not UTF-8"):
        lessons.read_course(tmp_path)


def test_pictures_in_folders_are_copied_and_a_head_names_the_lesson(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    (folder / "img").mkdir(parents=True)
    (folder / "img" / "a b.png").write_bytes(b"picture")
    (folder / "a.md").write_text(
        "---\ntitle: The title\n---\n# Heading\n\n![p](img/a%20b.png) ![q](https://example.org/x.png)\n"
    )
    lessons.build(folder, tmp_path / "site")
    assert (tmp_path / "site" / "img" / "a b.png").read_bytes() == b"picture"
    assert "<title>The title</title>" in (tmp_path / "site" / "a.html").read_text()
