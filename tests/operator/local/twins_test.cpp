// The schema of crds/, the rules in it and their twins: one table of objects, and both lists of rules held against
// each other.
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/local/admission.hpp"
#include "operator/local/yaml.hpp"
#include "operator/quota/rules.hpp"
#include "operator/route/rules.hpp"
#include "operator/schema/check.hpp"
#include "operator/schema/schema.hpp"

namespace mlgateway::local {
namespace {

using Json = nlohmann::json;
using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

using PlaceAndMessage = std::pair<std::string, std::string>;

Json read_yaml_file(const std::string& path) {
  std::ifstream file(std::string(PROJECT_ROOT) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  const YamlFile yaml = read_yaml(text.str());
  EXPECT_FALSE(yaml.fault) << path << ": " << yaml.fault->words;
  return yaml.documents.at(0).value;
}

// A kind of ours: its schema, the twins of the rules there, and the table of objects that both must judge alike.
struct Kind {
  const char* crd;
  const char* table;
  std::span<const schema::Rule> (*rules)();
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.crd; }

class Twins : public testing::TestWithParam<Kind> {
 protected:
  Json table() const { return read_yaml_file(GetParam().table); }
};

INSTANTIATE_TEST_SUITE_P(OfOurKinds, Twins,
                         testing::Values(Kind{"crds/mlroutes.yaml", "tests/operator/data/rules.yaml", route::rules},
                                         Kind{"crds/mlquotas.yaml", "tests/operator/data/quota_rules.yaml",
                                              quota::rules}));

schema::Schema schema_of(const char* file) {
  const Json crd = read_yaml_file(file);
  auto compiled = schema::compile(crd.at("/spec/versions/0/schema/openAPIV3Schema"_json_pointer));
  EXPECT_TRUE(compiled);
  return *compiled;
}

void collect_rules(const schema::Schema& schema, const std::string& place, std::set<PlaceAndMessage>& rules) {
  for (const schema::CelRule& rule : schema.rules) rules.emplace(place, rule.message);
  for (const auto& [name, property] : schema.properties) {
    collect_rules(property, place.empty() ? name : place + "." + name, rules);
  }
  if (schema.items) collect_rules(*schema.items, place + "[]", rules);
  if (schema.additional) collect_rules(*schema.additional, place + "[]", rules);
}

std::vector<std::string> faults_of(const Json& object) {
  static const auto admission = Admission::make();
  const Reading reading = admission->read("case", object.dump());
  EXPECT_EQ(reading.manifests.size() + reading.unreadable.size(), 1u);
  return reading.manifests.empty() ? std::vector<std::string>{reading.unreadable.at(0).words}
                                   : reading.manifests.at(0).faults;
}

TEST_P(Twins, AreExactlyTheRulesOfTheSchema) {
  std::set<PlaceAndMessage> in_schema;
  collect_rules(schema_of(GetParam().crd), "", in_schema);
  std::set<PlaceAndMessage> in_code;
  for (const schema::Rule& rule : GetParam().rules()) in_code.emplace(rule.place, rule.message);
  EXPECT_EQ(in_schema, in_code);
}

TEST_P(Twins, EachHaveAnAcceptedAndARefusedObjectInTheTable) {
  std::set<std::string> accepted;
  std::set<std::string> refused;
  const Json cases = table();
  for (const Json& item : cases.at("cases")) {
    if (item.contains("rule") && item.contains("accept")) accepted.insert(item.at("rule"));
    if (item.contains("rule") && item.contains("refuse")) refused.insert(item.at("rule"));
  }
  for (const schema::Rule& rule : GetParam().rules()) {
    EXPECT_THAT(accepted, Contains(std::string(rule.message)));
    EXPECT_THAT(refused, Contains(std::string(rule.message)));
  }
}

TEST_P(Twins, JudgeEveryObjectOfTheTable) {
  const Json cases = table();
  for (const Json& item : cases.at("cases")) {
    SCOPED_TRACE(item.at("name").get<std::string>());
    if (item.contains("accept")) {
      Json object = cases.at("base");
      object.merge_patch(item.at("accept"));
      EXPECT_THAT(faults_of(object), IsEmpty());
    }
    if (!item.contains("refuse")) continue;
    Json object = cases.at("base");
    object.merge_patch(item.at("refuse"));
    const std::string place = "case:1: " + item.at("place").get<std::string>() + ": ";
    EXPECT_THAT(faults_of(object), Contains(StartsWith(place + item.value("rule", ""))));
  }
}

TEST(TwinsOfMlRoute, AreNotAskedAboutWhatTheSchemaRefused) {
  Json object = read_yaml_file("tests/operator/data/rules.yaml").at("base");
  object["spec"]["versions"] = "none";
  object["spec"]["timeouts"] = {{"request", 5}, {"firstByte", true}};
  object["spec"]["split"] = Json::array();
  object["spec"]["auth"] = nullptr;
  for (const std::string& fault : faults_of(object)) EXPECT_THAT(fault, testing::HasSubstr(" must be "));
}

void expect_bounds(const schema::Schema& schema, const std::string& place) {
  SCOPED_TRACE(place);
  const bool endless = schema.type == schema::Type::Array || schema.type == schema::Type::String ||
                       schema.type == schema::Type::IntOrString || schema.additional;
  EXPECT_TRUE(!endless || schema.size.most || !schema.choices.empty());
  if (schema.items) expect_bounds(*schema.items, place + "[]");
  if (schema.additional) expect_bounds(*schema.additional, place + "[]");
  for (const auto& [name, property] : schema.properties) {
    EXPECT_FALSE(property.description.empty()) << name;
    expect_bounds(property, place + "." + name);
  }
}

TEST_P(Twins, StandInASchemaThatBoundsAndDescribesEveryField) {
  const schema::Schema schema = schema_of(GetParam().crd);
  for (const char* part : {"spec", "status"}) expect_bounds(schema.properties.at(part), part);
}

TEST_P(Twins, StandInASchemaWithDefaultsThatItAccepts) { EXPECT_THAT(faults_of(table().at("base")), IsEmpty()); }

}  // namespace
}  // namespace mlgateway::local
