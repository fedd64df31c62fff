#include "sidecar/base/json_text.hpp"

#include <gtest/gtest.h>

namespace mlgateway {
namespace {

std::string json_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_of(std::string_view text, std::size_t max_bytes) {
  std::string out(json_text_bound(max_bytes), '\0');
  out.resize(static_cast<std::size_t>(write_json_string(out.data(), text, max_bytes) - out.data()));
  return out;
}

TEST(JsonText, QuotesPlainTextAsItIs) { EXPECT_EQ(json_of("/v2/models/iris/infer"), R"("/v2/models/iris/infer")"); }

TEST(JsonText, AppendsToWhatIsThere) {
  std::string out = "x:";
  append_json_string(out, "y");
  EXPECT_EQ(out, R"(x:"y")");
}

TEST(JsonText, EscapesQuotesBackslashesAndControlCharacters) {
  EXPECT_EQ(json_of("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
  EXPECT_EQ(json_of(std::string_view("\0\x1b\x7f", 3)), R"("\u0000\u001b\u007f")");
}

TEST(JsonText, KeepsWellFormedUtf8) {
  const std::string_view text = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
  EXPECT_EQ(json_of(text), "\"" + std::string(text) + "\"");
}

TEST(JsonText, ReplacesEveryByteThatIsNoUtf8) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(json_of("a\xff"), "\"a" + r + "\"");
  EXPECT_EQ(json_of("\xc3"), "\"" + r + "\"") << "a sequence cut short";
  EXPECT_EQ(json_of("\xc0\xaf"), "\"" + r + r + "\"") << "an overlong slash";
  EXPECT_EQ(json_of("\xed\xa0\x80"), "\"" + r + r + r + "\"") << "a surrogate";
  EXPECT_EQ(json_of("\xf4\x90\x80\x80"), "\"" + r + r + r + r + "\"") << "above U+10FFFF";
  EXPECT_EQ(json_of("\xe2\x82"
                    "z"),
            "\"" + r + r + "z\"");
}

// Plain text is taken eight bytes at a time; every byte value must stop that at every place in a word.
TEST(JsonText, SeesEveryByteAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string alone = json_of(std::string(1, static_cast<char>(byte)));
    const std::string inner = alone.substr(1, alone.size() - 2);
    for (std::size_t place = 0; place < 17; ++place) {
      std::string text(17, 'a');
      text[place] = static_cast<char>(byte);
      EXPECT_EQ(json_of(text), '"' + std::string(place, 'a') + inner + std::string(16 - place, 'a') + '"') << byte;
    }
  }
}

TEST(JsonText, TakesTextOfAnyLength) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += i % 3 == 0 ? "\xe2\x82\xac" : "\xf0\x9f\x98\x80";
  EXPECT_EQ(json_of(text), '"' + text + '"');
  EXPECT_EQ(json_of(std::string(1000, '\1')).size(), 6002u);
}

TEST(JsonText, StaysWithinItsBound) { EXPECT_LE(json_of(std::string(100, '\1'), 99).size(), json_text_bound(99)); }

TEST(JsonText, CutsLongTextBetweenCharactersAndShowsIt) {
  EXPECT_EQ(json_of("abcdef", 6), R"("abcdef")");
  EXPECT_EQ(json_of("abcdef", 5), R"("abcde...")");
  EXPECT_EQ(json_of("a\xe2\x82\xac", 3), R"("a...")");
  EXPECT_EQ(json_of("\x80\x80\x80\x80\x80\x80", 4), "\"\xef\xbf\xbd...\"")
      << "never walks back further than a character";
}

}  // namespace
}  // namespace mlgateway
