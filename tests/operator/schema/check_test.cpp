#include "operator/schema/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/schema/defaults.hpp"

namespace mlgateway::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Schema schema(const char* text) {
  auto compiled = compile(Json::parse(text));
  EXPECT_TRUE(compiled) << (compiled ? "" : compiled.error().message);
  return *compiled;
}

std::vector<std::string> faults(const char* schema_text, const char* value) {
  std::vector<std::string> lines;
  for (const Fault& fault : check(schema(schema_text), Json::parse(value))) {
    lines.push_back(fault.path + ": " + fault.words);
  }
  return lines;
}

constexpr const char* kRoute = R"({"type": "object", "required": ["versions"], "properties": {"versions": {
  "type": "array", "maxItems": 3, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"], "items": {
    "type": "object", "required": ["name"], "properties": {
      "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
      "weight": {"type": "integer", "minimum": 0, "maximum": 100}}}}}})";

TEST(SchemaCheck, AcceptsWhatTheSchemaSays) {
  EXPECT_THAT(faults(kRoute, R"({"versions": [{"name": "a", "weight": 100}, {"name": "b", "weight": 0}]})"), IsEmpty());
}

TEST(SchemaCheck, NamesEveryFaultNotOnlyTheFirst) {
  EXPECT_THAT(faults(kRoute, R"({"versions": [{"weight": 140}, {"name": "A", "wieght": 1}], "x": 1})"),
              ElementsAre("versions[0].name: is required", "versions[0].weight: must be at most 100, is 140",
                          "versions[1].name: must match ^[a-z]+$, is 'A'",
                          "versions[1].wieght: is not a known field; expected one of name, weight",
                          "x: is not a known field; expected one of versions"));
}

TEST(SchemaCheck, TellsTheTypeThatIsThere) {
  EXPECT_THAT(faults(kRoute, R"({"versions": {}})"), ElementsAre("versions: must be a list, is an object"));
  EXPECT_THAT(faults(kRoute, R"({"versions": [null]})"), ElementsAre("versions[0]: must be an object, is null"));
  EXPECT_THAT(faults(kRoute, R"({"versions": [{"name": 1, "weight": "1"}]})"),
              ElementsAre("versions[0].name: must be a string, is a number",
                          "versions[0].weight: must be a whole number, is a string"));
  EXPECT_THAT(faults(kRoute, R"({"versions": [{"name": "a", "weight": 0.5}]})"),
              ElementsAre("versions[0].weight: must be a whole number, is a fraction"));
}

TEST(SchemaCheck, RefusesANumberThatFitsNoBound) {
  EXPECT_THAT(faults(kRoute, R"({"versions": [{"name": "a", "weight": 18446744073709551615}]})"),
              ElementsAre("versions[0].weight: must be at most 100, is 18446744073709551615"));
}

TEST(SchemaCheck, FindsAnItemThatRepeatsTheKeyOfAnother) {
  EXPECT_THAT(faults(kRoute, R"({"versions": [{"name": "a"}, {"name": "b"}, {"name": "a"}]})"),
              ElementsAre("versions[2]: must be unique, repeats the name of versions[0]"));
}

TEST(SchemaCheck, FindsAnItemThatASetHasAlready) {
  EXPECT_THAT(
      faults(R"({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}})", R"(["a", "a"])"),
      ElementsAre("[1]: must be unique, repeats [0]"));
}

TEST(SchemaCheck, CountsItemsAndEntries) {
  EXPECT_THAT(faults(kRoute, R"({"versions": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}]})"),
              ElementsAre("versions: must have at most 3 items, has 4"));
  EXPECT_THAT(faults(R"({"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}})", "{}"),
              ElementsAre(": must have at least 1 entries, has 0"));
}

TEST(SchemaCheck, CountsCharactersNotBytes) {
  constexpr const char* kShort = R"({"type": "string", "maxLength": 3})";
  EXPECT_THAT(faults(kShort, R"("äöü")"), IsEmpty());
  EXPECT_THAT(faults(kShort, R"("äöüß")"), ElementsAre(": must have at most 3 characters, has 4"));
}

TEST(SchemaCheck, ChecksEveryValueOfAMap) {
  EXPECT_THAT(faults(R"({"type": "object", "additionalProperties": {"type": "string"}})", R"({"a": "x", "b/c": 1})"),
              ElementsAre("[b/c]: must be a string, is a number"));
}

TEST(SchemaCheck, TakesANumberOrAStringWhereBothAreMeant) {
  constexpr const char* kQuantity = R"({"x-kubernetes-int-or-string": true, "minimum": 1, "pattern": "^[0-9]+(Mi)?$"})";
  EXPECT_THAT(faults(kQuantity, "5"), IsEmpty());
  EXPECT_THAT(faults(kQuantity, R"("5Mi")"), IsEmpty());
  EXPECT_THAT(faults(kQuantity, "0"), ElementsAre(": must be at least 1, is 0"));
  EXPECT_THAT(faults(kQuantity, R"("5Xi")"), ElementsAre(": must match ^[0-9]+(Mi)?$, is '5Xi'"));
  EXPECT_THAT(faults(kQuantity, "true"), ElementsAre(": must be a whole number or a string, is a boolean"));
}

TEST(SchemaCheck, ListsTheChoices) {
  EXPECT_THAT(faults(R"({"type": "string", "enum": ["A", "B"]})", R"("C")"),
              ElementsAre(": must be one of A, B, is 'C'"));
}

TEST(SchemaCheck, ShowsOnlyTheBeginningOfALongText) {
  const std::string value = "\"" + std::string(59, 'x') + "ää\"";
  EXPECT_THAT(faults(R"({"type": "string", "pattern": "^y"})", value.c_str()),
              ElementsAre(": must match ^y, is '" + std::string(59, 'x') + "...'"));
}

TEST(SchemaDefaults, ReachIntoWhatADefaultFilledIn) {
  const Schema timeouts = schema(R"({"type": "object", "properties": {"timeouts": {"type": "object", "default": {},
    "properties": {"request": {"type": "string", "default": "60s"}, "connect": {"type": "string"}}}}})");
  Json value = Json::object();
  apply_defaults(timeouts, value);
  EXPECT_EQ(value, Json::parse(R"({"timeouts": {"request": "60s"}})"));
}

TEST(SchemaDefaults, KeepWhatIsThereAndReplaceAnExplicitNull) {
  const Schema flags = schema(R"({"type": "object", "properties": {"a": {"type": "boolean", "default": true},
    "b": {"type": "boolean", "default": true}, "c": {"type": "boolean"}}})");
  Json value = Json::parse(R"({"a": false, "b": null, "c": null})");
  apply_defaults(flags, value);
  EXPECT_EQ(value, Json::parse(R"({"a": false, "b": true, "c": null})"));
}

TEST(SchemaDefaults, ApplyToEveryItem) {
  const Schema list = schema(R"({"type": "array", "items": {"type": "object", "properties": {
    "type": {"type": "string", "default": "Exact"}}}})");
  Json value = Json::parse(R"([{}, {"type": "Prefix"}])");
  apply_defaults(list, value);
  EXPECT_EQ(value, Json::parse(R"([{"type": "Exact"}, {"type": "Prefix"}])"));
}

TEST(SchemaCompile, RefusesAKeywordThatIsNotEnforced) {
  const auto compiled =
      compile(Json::parse(R"({"type": "object", "properties": {"a": {"type": "string", "oneOf": []}}})"));
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().message, "schema of a: keyword 'oneOf' is not enforced here");
}

TEST(SchemaCompile, RefusesAPatternThatIsNone) {
  EXPECT_FALSE(compile(Json::parse(R"json({"type": "string", "pattern": "(?=x)"})json")));
}

TEST(FaultPath, LeadsBackToTheParent) {
  EXPECT_EQ(parent("spec.versions[1].weight"), "spec.versions[1]");
  EXPECT_EQ(parent("spec.versions[1]"), "spec.versions");
  EXPECT_EQ(parent("metadata.labels[mlgateway.io/use]"), "metadata.labels");
  EXPECT_EQ(parent("spec"), "");
}

TEST(FaultPath, IsWithinAFieldButNotWithinALongerName) {
  EXPECT_TRUE(within("spec.split.header", "spec.split"));
  EXPECT_TRUE(within("spec.versions[0]", "spec.versions"));
  EXPECT_TRUE(within("spec", ""));
  EXPECT_FALSE(within("spec.splitter", "spec.split"));
}

}  // namespace
}  // namespace mlgateway::schema
