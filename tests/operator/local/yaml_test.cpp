#include "operator/local/yaml.hpp"

#include <gtest/gtest.h>

#include "operator/local/yaml_scalar.hpp"
#include "operator/local/yaml_writer.hpp"
#include "sidecar/base/utf8.hpp"

namespace mlgateway::local {
namespace {

using Json = nlohmann::json;

Json only(const std::string& text) {
  const YamlFile file = read_yaml(text);
  EXPECT_FALSE(file.fault) << file.fault->line << ": " << file.fault->words;
  EXPECT_EQ(file.documents.size(), 1u);
  return file.documents.empty() ? Json() : file.documents.front().value;
}

YamlFault fault(const std::string& text) {
  const YamlFile file = read_yaml(text);
  EXPECT_TRUE(file.fault) << text;
  return file.fault.value_or(YamlFault{});
}

TEST(Yaml, TypesScalarsAsKubernetesDoes) {
  EXPECT_EQ(only("{a: 1, b: -2, c: 0x1F, d: 0o17, e: 017, f: 1_000, g: +5, h: 0b101}"),
            Json::parse(R"({"a": 1, "b": -2, "c": 31, "d": 15, "e": 15, "f": 1000, "g": 5, "h": 5})"));
  EXPECT_EQ(only("{a: yes, b: off, c: TRUE, d: n, e: 'yes', f: \"1\", g: !!str 1}"),
            Json::parse(R"({"a": true, "b": false, "c": true, "d": false, "e": "yes", "f": "1", "g": "1"})"));
  EXPECT_EQ(only("{a: ~, b: , c: null, d: NULL, e: '~'}"),
            Json::parse(R"({"a": null, "b": null, "c": null, "d": null, "e": "~"})"));
  EXPECT_EQ(
      only("{a: 5.0, b: 0.25, c: .5, d: 1e3, e: 1.2.3, f: 2024-02-29, g: 60s, h: 08}"),
      Json::parse(R"({"a": 5, "b": 0.25, "c": 0.5, "d": 1000, "e": "1.2.3", "f": "2024-02-29", "g": "60s", "h": 8})"));
}

TEST(Yaml, MakesStringsOfKeys) {
  EXPECT_EQ(only("{on: 1, 2: b, \"x\": c}"), Json::parse(R"({"true": 1, "2": "b", "x": "c"})"));
}

TEST(Yaml, KnowsTheLineOfEveryField) {
  const YamlFile file =
      read_yaml("# first\na: 1\n---\nspec:\n  versions:\n  - name: v1\n    weight: 140\n  - name: v2\n");
  ASSERT_EQ(file.documents.size(), 2u);
  const YamlDocument& second = file.documents[1];
  EXPECT_EQ(second.line, 4);
  EXPECT_EQ(second.line_of("spec.versions[0].weight"), 7);
  EXPECT_EQ(second.line_of("spec.versions[1]"), 8);
  EXPECT_EQ(second.line_of("spec.versions[1].url"), 8) << "an absent field is where its parent is";
  EXPECT_EQ(second.line_of("spec.auth"), 4);
  EXPECT_EQ(second.line_of("metadata"), 4);
}

TEST(Yaml, LeavesEmptyDocumentsOut) {
  EXPECT_TRUE(read_yaml("").documents.empty());
  EXPECT_TRUE(read_yaml("# nothing\n---\n---\n").documents.empty());
  EXPECT_EQ(read_yaml("---\na: 1\n---\n# none\n---\nb: 2\n").documents.size(), 2u);
}

TEST(Yaml, KeepsTheDocumentsBeforeAFault) {
  const YamlFile file = read_yaml("a: 1\n---\nb: [1, 2\n");
  EXPECT_EQ(file.documents.size(), 1u);
  ASSERT_TRUE(file.fault);
  EXPECT_GE(file.fault->line, 3);
}

TEST(Yaml, RefusesAKeyThatIsThereTwice) {
  const YamlFault twice = fault("spec:\n  a: 1\n  b: 2\n  a: 3\n");
  EXPECT_EQ(twice.line, 4);
  EXPECT_EQ(twice.words, "spec.a is given twice");
}

TEST(Yaml, RefusesTabsThatIndent) {
  const YamlFault tab = fault("a:\n\tb: 1\n");
  EXPECT_EQ(tab.line, 2);
  EXPECT_EQ(tab.words, "a tab cannot indent in YAML; use spaces");
}

TEST(Yaml, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(fault("a: 1\nb: \xff\n").line, 2);
  EXPECT_EQ(find_invalid_utf8("\xc0\x80"), 0u) << "over-long";
  EXPECT_EQ(find_invalid_utf8("a\xed\xa0\x80"), 1u) << "a surrogate";
  EXPECT_EQ(find_invalid_utf8("\xf4\x90\x80\x80"), 0u) << "beyond U+10FFFF";
  EXPECT_EQ(find_invalid_utf8("ä€😀"), std::string_view("ä€😀").size());
}

TEST(Yaml, FollowsAliases) {
  EXPECT_EQ(only("a: &x {b: 1}\nc: *x\n"), Json::parse(R"({"a": {"b": 1}, "c": {"b": 1}})"));
}

TEST(Yaml, StopsABombOfAliases) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 8; ++k) text += "," + before;
    text += "]\n";
  }
  EXPECT_EQ(fault(text).words, "a document may have at most 200000 values");
}

TEST(Yaml, StopsDeepNesting) {
  EXPECT_EQ(fault(std::string(100, '[') + std::string(100, ']')).words, "values may be nested at most 64 deep");
  EXPECT_FALSE(fault(std::string(100'000, '[')).words.empty());
  EXPECT_FALSE(fault(std::string(100'000, '{')).words.empty());
}

TEST(Yaml, RefusesAFileThatIsTooLong) {
  EXPECT_EQ(fault(std::string(kMostFileBytes + 1, '#')).words, "a file may have at most 4 MiB");
}

TEST(Yaml, RefusesWhatJsonHasNoValueFor) {
  for (const char* text : {"a: .nan", "a: -.inf", "a: !!binary aGk=", "<<: {a: 1}", "? [a]\n: b", "~: a"}) {
    EXPECT_FALSE(fault(text).words.empty()) << text;
  }
}

TEST(Yaml, NeverDiesOfBrokenText) {
  const std::string good = "a: {b: [1, 'x', \"y\\n\"], c: |\n    text\n  }\nd: &x 1\ne: *x\n";
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    read_yaml(good.substr(0, cut));
    std::string changed = good;
    for (const char c : {'\0', '{', ']', ':', '&', '*', '!', '\t', '"', '-', '%', '\xc3'}) {
      changed[cut] = c;
      read_yaml(changed);
    }
  }
}

TEST(YamlWriter, WritesWhatTheReaderReadsBack) {
  nlohmann::ordered_json value;
  value["text"] = "a: b # c";
  value["tricky"] = {"true", "1", "", "~", "0x1", "-", "a\nb", "ä", "yes", "1e3", "2024-02-29T00:00:00Z", "v1=95,v2=5"};
  value["numbers"] = {1, -5, true, nullptr};
  value["list"] = {
      {{"a", {1, 2}}, {"b", {{"c", "d"}}}}, nlohmann::ordered_json::object(), nlohmann::ordered_json::array()};
  value["odd key: x"] = {{1, 2}, {3}};
  EXPECT_EQ(only(to_yaml(value)), Json(value)) << to_yaml(value);
}

}  // namespace
}  // namespace mlgateway::local
