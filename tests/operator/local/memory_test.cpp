#include "operator/local/memory.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlgateway::local {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const Admission& admission() {
  static const auto made = Admission::make();
  return *made;
}

std::string route(const std::string& name, const std::string& url = "http://a:1") {
  return "apiVersion: mlgateway.io/v1alpha1\nkind: MLRoute\nmetadata: {name: " + name + "}\nspec:\n" +
         "  versions: [{name: v1, url: \"" + url + "\"}]\n  auth: {methods: [{name: all, type: Anonymous}]}\n";
}

std::string broken(const std::string& name) { return route(name, "ftp://a"); }

const ObjectId kIris{"MLRoute", {"default", "iris"}};
const WallTime kStart{1'700'000'000s};

// A folder over time: each `look` is one reading of it.
class Life {
 public:
  void look(const std::map<std::string, std::string>& files) {
    Readings readings;
    for (const auto& [name, text] : files)
      readings.push_back(std::make_shared<const Reading>(admission().read(name, text)));
    complaints.clear();
    records = remember(records, readings, now, complaints);
    now += 1s;
  }
  const Record& iris() { return records.at(kIris); }

  Records records;
  std::vector<Complaint> complaints;
  WallTime now = kStart;
};

TEST(Memory, CountsGenerationsOfTheSpec) {
  Life life;
  life.look({{"a.yaml", route("iris")}});
  EXPECT_EQ(life.iris().generation, 1);
  life.look({{"a.yaml", route("iris")}});
  EXPECT_EQ(life.iris().generation, 1);
  life.look({{"a.yaml", route("iris", "http://a:2")}});
  EXPECT_EQ(life.iris().generation, 2);
  EXPECT_EQ(life.iris().good_generation, 2);
  EXPECT_EQ(life.iris().created, kStart);
}

TEST(Memory, KeepsTheLastGoodVersionOfABrokenObject) {
  Life life;
  life.look({{"a.yaml", route("iris") + "---\n" + route("other", "http://b:1")}});
  life.look({{"a.yaml", broken("iris") + "---\n" + route("other", "http://b:2")}});
  EXPECT_EQ(life.iris().generation, 2);
  EXPECT_EQ(life.iris().good_generation, 1);
  EXPECT_EQ(life.iris().good->route->versions[0].url, "http://a:1");
  EXPECT_THAT(life.iris().faults, SizeIs(1));
  EXPECT_EQ(life.records.at({"MLRoute", {"default", "other"}}).good->route->versions[0].url, "http://b:2");
  life.look({{"a.yaml", route("iris", "http://a:3")}});
  EXPECT_EQ(life.iris().generation, 3);
  EXPECT_EQ(life.iris().good_generation, 3);
  EXPECT_THAT(life.iris().faults, IsEmpty());
}

TEST(Memory, HasNothingToEnforceOfAnObjectThatWasNeverGood) {
  Life life;
  life.look({{"a.yaml", broken("iris")}});
  EXPECT_EQ(life.iris().good_generation, 0);
  EXPECT_FALSE(life.iris().good);
}

TEST(Memory, ForgetsAnObjectThatIsGone) {
  Life life;
  life.look({{"a.yaml", route("iris")}});
  life.look({{"a.yaml", ""}});
  EXPECT_THAT(life.records, IsEmpty());
  life.look({{"a.yaml", route("iris")}});
  life.look({});
  EXPECT_THAT(life.records, IsEmpty());
}

TEST(Memory, KeepsWhatAnUnreadableFileMayStillHold) {
  Life life;
  life.look({{"a.yaml", route("iris")}, {"b.yaml", route("other")}});
  life.look({{"a.yaml", "kind: [MLRoute\n"}});
  EXPECT_THAT(life.records, SizeIs(1)) << "b.yaml is gone, and so is what was in it";
  EXPECT_TRUE(life.iris().good);
  EXPECT_EQ(life.iris().generation, 1);
  EXPECT_THAT(life.iris().faults, SizeIs(1));
  life.look({{"a.yaml", route("iris")}});
  EXPECT_THAT(life.iris().faults, IsEmpty());
  EXPECT_EQ(life.iris().generation, 1);
}

TEST(Memory, KeepsAnObjectWhoseKindWasMisspelt) {
  Life life;
  life.look({{"a.yaml", route("iris") + "---\n" + route("other")}});
  std::string misspelt = route("iris");
  misspelt.replace(misspelt.find("MLRoute"), 7, "MLRuote");
  life.look({{"a.yaml", misspelt}});
  EXPECT_THAT(life.records, SizeIs(1)) << "other is gone: the misspelt document says that it is iris";
  EXPECT_TRUE(life.iris().good);
}

TEST(Memory, RefusesASecondDocumentWithBothPlaces) {
  Life life;
  life.look({{"a.yaml", route("x") + "---\n" + route("iris")}, {"b.yaml", route("iris", "http://b:9")}});
  EXPECT_EQ(life.iris().good->route->versions[0].url, "http://a:1");
  const std::string words = "b.yaml:1: a second document for mlroute default/iris is refused; the first is at a.yaml:8";
  EXPECT_THAT(life.iris().notes, ElementsAre(words));
  EXPECT_THAT(life.complaints, ElementsAre(Complaint{"mlroute default/iris", words}));
}

TEST(Memory, FollowsAnObjectToAnotherFile) {
  Life life;
  life.look({{"a.yaml", route("iris")}});
  life.look({{"b.yaml", route("iris")}});
  EXPECT_EQ(life.iris().generation, 1);
  EXPECT_EQ(life.iris().created, kStart);
  EXPECT_EQ(life.iris().file, "b.yaml");
}

TEST(Memory, BelievesTheManifestsTimeOfCreation) {
  Life life;
  std::string text = route("iris");
  text.replace(text.find("{name: iris}"), 12, "{name: iris, creationTimestamp: 2020-01-01T00:00:00Z}");
  life.look({{"a.yaml", text}});
  EXPECT_LT(life.iris().created, kStart);
}

TEST(Record, SurvivesARestart) {
  Life life;
  life.look({{"a.yaml", route("iris")}});
  life.look({{"a.yaml", broken("iris")}});
  const auto read = record_from(to_json(life.iris()), admission());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, kIris);
  EXPECT_EQ(read->generation, 2);
  EXPECT_EQ(read->good_generation, 1);
  EXPECT_EQ(read->good->route, life.iris().good->route);
  EXPECT_EQ(read->created, kStart);
}

TEST(Record, OfAQuotaSurvivesARestart) {
  Life life;
  life.look({{"plans.yaml",
              "apiVersion: mlgateway.io/v1alpha1\nkind: MLQuota\nmetadata: {name: plans}\nspec:\n"
              "  tiers: [{name: all, limits: [{name: daily, unit: Cost, rate: 1}]}]\n"}});
  const Record& record = life.records.at({"MLQuota", {"default", "plans"}});
  ASSERT_TRUE(record.good);
  const auto again = record_from(to_json(record), admission());
  ASSERT_TRUE(again && again->good);
  EXPECT_EQ(again->good_generation, 1);
  EXPECT_EQ(again->good->quota, record.good->quota);
}

TEST(Record, CarriesDigestsAndNoKeys) {
  Life life;
  life.look({{"a.yaml",
              "apiVersion: v1\nkind: Secret\nmetadata: {name: s, labels: {mlgateway.io/use: key}}\n"
              "stringData: {alice: alice-key-0123456789, bob: short}\n"}});
  const nlohmann::json json = to_json(life.records.begin()->second);
  EXPECT_EQ(json.dump().find("alice-key"), std::string::npos);
  EXPECT_EQ(json.dump().find("short"), std::string::npos);
  const auto read = record_from(json, admission());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->good->secret->entries.at("alice"),
            "sha256:7bafaa96aa2351e6b7fbc258246b08ee66ade6196c76850108303b1dd6d6eb62");
}

TEST(Record, OfASecretThatIsNotForUsHoldsNothingOfIt) {
  Life life;
  life.look({{"a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: 0123456789abcdef}\n"}});
  EXPECT_FALSE(to_json(life.records.begin()->second).contains("secret"));
}

TEST(Record, IsNotReadFromNonsense) {
  for (const char* text : {"{}", "[]", "null", R"({"kind": 5})"}) {
    EXPECT_FALSE(record_from(nlohmann::json::parse(text), admission())) << text;
  }
}

}  // namespace
}  // namespace mlgateway::local
