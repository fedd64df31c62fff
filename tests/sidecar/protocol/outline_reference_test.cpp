// The outline against another reader, for thousands of documents that nobody wrote.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/sidecar/protocol/outline_told.hpp"

namespace mlgateway::protocol {
namespace {

using nlohmann::json;

// Members that are there twice are kept, which the reader's own values cannot.
class Telling : public json::json_sax_t {
 public:
  bool null() override { return leaf("null"); }
  bool boolean(bool value) override { return leaf(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return leaf(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return leaf(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& written) override {
    const bool integer = written.find_first_of(".eE") == std::string::npos;
    is_far = is_far || integer;  // beyond 64 bits
    return leaf("float");
  }
  bool string(string_t& value) override { return leaf("\"" + value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open("{"); }
  bool start_array(std::size_t) override { return open("["); }
  bool end_object() override { return close("}"); }
  bool end_array() override { return close("]"); }
  bool key(string_t& name) override {
    text += name + ":";
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

  std::string text;
  bool is_far = false;
  std::size_t deepest = 0;

 private:
  struct Level {
    std::size_t items = 0, leaves = 0;
  };
  bool add(const std::string& value, std::size_t leaves) {
    text += value;
    if (open_.empty()) return true;
    ++open_.back().items;
    open_.back().leaves += leaves;
    text += ',';
    return true;
  }
  bool leaf(const std::string& value) { return add(value, 1); }
  bool open(const char* bracket) {
    text += bracket;
    open_.emplace_back();
    deepest = std::max(deepest, open_.size());
    return true;
  }
  bool close(const std::string& bracket) {
    const Level level = open_.back();
    open_.pop_back();
    return add(bracket + std::to_string(level.items) + "/" + std::to_string(level.leaves), level.leaves);
  }
  std::vector<Level> open_;
};

// The other reader takes a byte order mark, a NUL as the end, and integers of any size; we do not.
std::string told_by_another(const std::string& text) {
  Telling telling;
  if (text.starts_with("\xef\xbb\xbf") || text.find('\0') != std::string::npos) return "";
  if (!json::sax_parse(text, &telling) || telling.is_far || telling.deepest > kMaxBodyDepth) return "";
  return telling.text;
}

// Documents of all kinds of values, written with and without space, and edits that mostly break them.
class Writer {
 public:
  explicit Writer(std::uint32_t seed) : random_(seed) {}

  std::string document() {
    std::string text = value(0);
    for (std::size_t edits = below(3); edits > 0; --edits) edit(text);
    return text;
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  std::string space() { return std::string(below(3) == 0 ? below(12) : 0, " \n\t\r"[below(4)]); }

  std::string piece() {
    static const char* const pieces[] = {"[",
                                         "]",
                                         "{",
                                         "}",
                                         ",",
                                         ":",
                                         "\"",
                                         "\\",
                                         "0",
                                         "-",
                                         "1e5",
                                         "null",
                                         "\\u00e9",
                                         "\\ud83d\\ude00",
                                         "\\ud83d",
                                         "\xc3\xa9",
                                         "\xed\xa0\x80",
                                         "\xf0\x9f\x98\x80",
                                         "\xff",
                                         "\n",
                                         ".",
                                         "18446744073709551616",
                                         "[]",
                                         ",1,2.5",
                                         "\x01"};
    return pieces[below(std::size(pieces))];
  }

  std::string value(std::size_t depth) {
    static const char* const scalars[] = {"0",
                                          "-0",
                                          "1",
                                          "12345678",
                                          "-7",
                                          "5.1",
                                          "0.25",
                                          "123456.7",
                                          "1234567.8",
                                          "0.1234567890123456",
                                          "1e5",
                                          "-2.5E-3",
                                          "18446744073709551615",
                                          "true",
                                          "false",
                                          "null",
                                          "\"\"",
                                          "\"text that is longer than a word\"",
                                          "\"\\u0061\"",
                                          "\"caf\xc3\xa9 \\ud83d\\ude00\"",
                                          "\"a\\\\\"",
                                          "\"\xe4\xb8\xad,]}\""};
    const std::size_t kind = depth > 4 ? 0 : below(3);
    if (kind == 0) return scalars[below(std::size(scalars))];
    std::string text;
    for (std::size_t count = below(7); count > 0; --count) {
      text += space();
      if (kind == 2) text += std::string(below(2) == 0 ? "\"a\"" : "\"\\u0062longer name\"") + space() + ":" + space();
      text += value(below(3) == 0 ? depth + 1 : 5) + space() + (count > 1 ? "," : "");
    }
    return kind == 1 ? "[" + text + "]" : "{" + text + "}";
  }

  void edit(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t size = std::min(below(6), text.size() - at);
    switch (below(4)) {
      case 0: text.erase(at, size); break;
      case 1: text.insert(at, piece()); break;
      case 2: text.replace(at, size, piece()); break;
      default: text.insert(at, text.substr(at, size));
    }
  }

  std::mt19937 random_;
};

TEST(JsonOutline, TellsWhatAnotherReaderTells) {
  Writer writer(20011);
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 30000; ++i) {
    const std::string text = writer.document();
    const std::string expected = told_by_another(text);
    ASSERT_EQ(told(text), expected) << testing::PrintToString(text);
    ++(expected.empty() ? refused : accepted);
  }
  EXPECT_GT(accepted, 5000);
  EXPECT_GT(refused, 5000);
}

}  // namespace
}  // namespace mlgateway::protocol
