"""What a machine can check of the house style in a second. Layout itself is .clang-format's business."""

import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).parents[2]
SOURCES = ("sidecar", "operator", "tests")
LONGEST_LINE = 120
LONGEST_FILE = 250  # beyond it, a file holds more than one idea


def tracked(*suffixes):
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    return [ROOT / n for n in names if n.endswith(suffixes) and n.startswith(SOURCES) and (ROOT / n).is_file()]


def complaints(files, judge):
    """`file:line: words` for each line that `judge` has words for."""
    found = []
    for file in files:
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            words = judge(line)
            if words:
                found.append(f"{file.relative_to(ROOT)}:{number}: {words}")
    return found


class Style(unittest.TestCase):
    def assert_none(self, found):
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_lines_are_at_most_120_columns_without_tabs_or_trailing_space(self):
        def judge(line):
            if len(line) > LONGEST_LINE:
                return f"{len(line)} columns"
            if "\t" in line:
                return "a tab"
            return "space at the end" if line != line.rstrip() else None

        self.assert_none(complaints(tracked(".cpp", ".hpp", ".py"), judge))

    def test_headers_begin_with_a_promise_and_guard_by_pragma_once(self):
        bad = []
        for header in tracked(".hpp"):
            text = header.read_text()
            if not text.startswith("// ") or "#pragma once" not in text:
                bad.append(f"{header.relative_to(ROOT)}:1: begins without a comment that says what it is, or unguarded")
        self.assert_none(bad)

    def test_a_source_file_holds_one_idea(self):
        product = [f for f in tracked(".cpp", ".hpp") if f.relative_to(ROOT).parts[0] != "tests"]
        sizes = [(f, len(f.read_text().splitlines())) for f in product]
        self.assert_none([f"{f.relative_to(ROOT)}:1: {n} lines" for f, n in sizes if n > LONGEST_FILE])

    def test_nothing_unfinished_is_left_in_the_source(self):
        marks = re.compile(r"\b(TODO|FIXME|XXX)\b")
        files = [f for f in tracked(".cpp", ".hpp", ".py") if f != pathlib.Path(__file__).resolve()]
        self.assert_none(complaints(files, lambda line: "unfinished" if marks.search(line) else None))

    def test_layout_is_what_clang_format_makes_of_it(self):
        formatter = shutil.which("clang-format-19")
        if not formatter:
            self.skipTest("clang-format-19 is not installed; apt-get install clang-format-19 to have layout checked")
        files = [str(f) for f in tracked(".cpp", ".hpp")]
        run = subprocess.run([formatter, "--dry-run", "--Werror", *files], cwd=ROOT, capture_output=True, text=True)
        named = sorted({line.split(":")[0] for line in run.stderr.splitlines() if "clang-format-violations" in line})
        names = [pathlib.Path(name).relative_to(ROOT) for name in named]
        self.assert_none([f"{name}: clang-format-19 -i would change it" for name in names])


if __name__ == "__main__":
    unittest.main()
