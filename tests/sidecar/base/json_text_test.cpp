#include "sidecar/base/json_text.hpp"

#include <gtest/gtest.h>

namespace mlgateway {
namespace {

std::string quoted(std::string_view text, std::size_t max_bytes = 1000) {
  std::string out;
  append_json_string(out, text, max_bytes);
  return out;
}

TEST(JsonText, QuotesPlainTextAsItIs) { EXPECT_EQ(quoted("/v2/models/iris/infer"), R"("/v2/models/iris/infer")"); }

TEST(JsonText, AppendsToWhatIsThere) {
  std::string out = "x:";
  append_json_string(out, "y");
  EXPECT_EQ(out, R"(x:"y")");
}

TEST(JsonText, EscapesQuotesBackslashesAndControlCharacters) {
  EXPECT_EQ(quoted("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
  EXPECT_EQ(quoted(std::string_view("\0\x1b\x7f", 3)), R"("\u0000\u001b\u007f")");
}

TEST(JsonText, KeepsWellFormedUtf8) {
  const std::string_view text = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
  EXPECT_EQ(quoted(text), "\"" + std::string(text) + "\"");
}

TEST(JsonText, ReplacesEveryByteThatIsNoUtf8) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(quoted("a\xff"), "\"a" + r + "\"");
  EXPECT_EQ(quoted("\xc3"), "\"" + r + "\"") << "a sequence cut short";
  EXPECT_EQ(quoted("\xc0\xaf"), "\"" + r + r + "\"") << "an overlong slash";
  EXPECT_EQ(quoted("\xed\xa0\x80"), "\"" + r + r + r + "\"") << "a surrogate";
  EXPECT_EQ(quoted("\xf4\x90\x80\x80"), "\"" + r + r + r + r + "\"") << "above U+10FFFF";
  EXPECT_EQ(quoted("\xe2\x82"
                   "z"),
            "\"" + r + r + "z\"");
}

TEST(JsonText, CutsLongTextBetweenCharactersAndShowsIt) {
  EXPECT_EQ(quoted("abcdef", 6), R"("abcdef")");
  EXPECT_EQ(quoted("abcdef", 5), R"("abcde...")");
  EXPECT_EQ(quoted("a\xe2\x82\xac", 3), R"("a...")");
  EXPECT_EQ(quoted("\x80\x80\x80\x80\x80\x80", 4), "\"\xef\xbf\xbd...\"") << "never walks back further than a character";
}

}  // namespace
}  // namespace mlgateway
