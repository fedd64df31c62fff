"""The README promises what the code does: its tables are compared with the sources they describe."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def source(path):
    return (ROOT / path).read_text()


class Readme(unittest.TestCase):
    maxDiff = None

    def test_lists_every_reason_with_its_status_and_meaning(self):
        rows = re.findall(r'\{Reason::(\w+), (\d+),\s*"([^"]+)"', source("sidecar/http/problem.cpp"))
        self.assertGreater(len(rows), 20)
        table = re.findall(r"^\| `(\w+)` \| (\d+) \| (.+?) \|$", README, re.M)
        # Refused before it comes into force: no answer ever carries it.
        self.assertEqual(table, [row for row in rows if row[0] != "InvalidConfig"])

    def test_lists_every_metric(self):
        folders = (ROOT / "sidecar/observe", ROOT / "sidecar/admin")
        sources = "".join(p.read_text() for folder in folders for p in folder.glob("*.cpp"))
        named = set(re.findall(r"\"(mlgateway_[a-z_]+)\"", sources))
        self.assertGreater(len(named), 10)
        section = README.split("## Metrics")[1].split("\n## ")[0]
        self.assertEqual(named - set(re.findall(r"\bmlgateway_[a-z_]+[a-z]\b", section)), set())

    def test_quotes_the_quickstart_as_it_is(self):
        for name in ("iris.yaml", "keys.yaml"):
            with self.subTest(name):
                self.assertIn(source(f"examples/quickstart/{name}").strip(), README)
        for part in re.findall(r"(?m)^  cost:\n(?:    .*\n)+  cache:\n(?:    .*\n)+", README):
            self.assertIn(part, source("examples/quickstart/metered.yaml"))

    def test_gives_the_defaults_that_the_options_have(self):
        section = README.split("## Limits and their defaults")[1].split("\n## ")[0]
        options = set(re.findall(r"`(--[a-z-]+)`", section))
        known = set(re.findall(r'"(--[a-z-]+)"', source("sidecar/options.cpp")))
        self.assertEqual(options - known, set())

    def test_links_to_files_that_exist(self):
        links = re.findall(r"\]\(([^)#:]+)\)", README)
        self.assertEqual([link for link in links if not (ROOT / link).exists()], [])


if __name__ == "__main__":
    unittest.main()
