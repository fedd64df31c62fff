"""The tree obeys the include tables, and a tree that did not would be found out."""

import pathlib
import tempfile
import unittest

import check_includes

ROOT = pathlib.Path(__file__).parents[2]


class Layering(unittest.TestCase):
    def violations_of(self, path, text):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, path)
            source.parent.mkdir(parents=True)
            source.write_text(text)
            return check_includes.violations(pathlib.Path(folder))

    def test_every_include_of_the_tree_points_the_right_way(self):
        self.assertEqual(check_includes.violations(ROOT), [])

    def test_every_row_of_the_table_exists(self):
        rows = [ROOT / row for row in check_includes.MAY_INCLUDE]
        self.assertEqual([r for r in rows if not r.is_dir() and not list(r.parent.glob(r.name + ".*"))], [])

    def test_names_file_and_line_of_an_include_that_points_up(self):
        found = self.violations_of("sidecar/base/log.cpp", '#include <string>\n#include "sidecar/http/message.hpp"\n')
        self.assertEqual(found, ["sidecar/base/log.cpp:2: sidecar/base/ may not include sidecar/http/message.hpp"])

    def test_allows_what_an_allowed_folder_may_include(self):
        self.assertEqual(self.violations_of("sidecar/auth/keys.cpp", '#include "sidecar/base/result.hpp"\n'), [])

    def test_allows_the_split_the_principal_and_nothing_else_of_auth(self):
        self.assertEqual(self.violations_of("sidecar/split/a.hpp", '#include "sidecar/auth/principal.hpp"\n'), [])
        self.assertEqual(len(self.violations_of("sidecar/split/a.hpp", '#include "sidecar/auth/identify.hpp"\n')), 1)

    def test_keeps_the_two_binaries_apart(self):
        self.assertEqual(len(self.violations_of("operator/route/a.cpp", '#include "sidecar/http/strict.hpp"\n')), 1)
        self.assertEqual(len(self.violations_of("sidecar/admin/a.cpp", '#include "operator/route/route.hpp"\n')), 1)

    def test_keeps_each_http_stack_in_its_home(self):
        self.assertEqual(len(self.violations_of("sidecar/server/a.cpp", "#include <boost/asio/ip/tcp.hpp>\n")), 1)
        self.assertEqual(len(self.violations_of("operator/local/a.cpp", "#include <cpprest/http_client.h>\n")), 1)
        self.assertEqual(self.violations_of("sidecar/admin/a.cpp", "#include <boost/beast/http.hpp>\n"), [])

    def test_refuses_a_folder_without_a_row(self):
        found = self.violations_of("sidecar/misc/a.cpp", "#include <string>\n")
        self.assertEqual(
            found, ["sidecar/misc/a.cpp:1: folder sidecar/misc/ has no row in tests/layering/check_includes.py"]
        )

    def test_refuses_a_path_that_does_not_begin_at_the_root(self):
        self.assertEqual(len(self.violations_of("sidecar/http/a.cpp", '#include "strict.hpp"\n')), 1)


if __name__ == "__main__":
    unittest.main()
