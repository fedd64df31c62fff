// What the operator renders, the sidecar parses, to the same value.
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "operator/local/admission.hpp"
#include "operator/route/plan.hpp"
#include "sidecar/config/digest.hpp"
#include "sidecar/config/parse.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway {
namespace {

using Json = nlohmann::json;

const WallTime kNow{std::chrono::seconds(1'709'208'000)};

const local::Admission& admission() {
  static const auto made = local::Admission::make();
  return *made;
}

// The world that a text of manifests describes; every document must be good.
route::World world_of(const std::string& text) {
  const local::Reading reading = admission().read("manifests", text);
  for (const auto& unreadable : reading.unreadable) ADD_FAILURE() << unreadable.line << ": " << unreadable.words;
  route::World world;
  world.admin_token_digest = config::sha256("token");
  for (const local::Manifest& manifest : reading.manifests) {
    for (const std::string& fault : manifest.faults) ADD_FAILURE() << fault;
    if (!manifest.good) continue;
    if (manifest.good->secret) world.secrets.push_back({*manifest.good->secret, ""});
    if (!manifest.good->route) continue;
    route::ObservedRoute observed;
    observed.key = manifest.id.key;
    observed.generation = observed.good_generation = 1;
    observed.good = manifest.good->route;
    observed.created = kNow;
    world.routes.push_back(std::move(observed));
  }
  return world;
}

void expect_same_after_the_wire(const route::Plan& plan) {
  const std::string text = config::render(plan.config);
  const auto parsed = config::parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message << "\n" << text;
  EXPECT_EQ(*parsed, plan.config);
}

TEST(Contract, CarriesEveryExampleManifestUnchanged) {
  const std::filesystem::path examples = std::filesystem::path(PROJECT_ROOT) / "examples";
  std::size_t routes = 0;
  for (const auto& folder : std::filesystem::directory_iterator(examples)) {
    if (!folder.is_directory()) continue;
    std::string text;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".yaml") continue;
      std::stringstream content;
      content << std::ifstream(entry.path()).rdbuf();
      text += content.str() + "\n---\n";
    }
    const route::Plan plan = route::plan(world_of(text), kNow);
    routes += plan.config.routes.size();
    for (const auto& status : plan.statuses) {
      for (const auto& condition : status.conditions) EXPECT_NE(condition.status, "False") << condition.message;
    }
    expect_same_after_the_wire(plan);
  }
  EXPECT_GT(routes, 0u) << "the examples must have a route";
}

TEST(Contract, CarriesAWorldWithoutRoutes) { expect_same_after_the_wire(route::plan(route::World{}, kNow)); }

// Manifests that are good by construction, of every shape that the schema allows.
class RandomRoutes {
 public:
  explicit RandomRoutes(unsigned seed) : random_(seed) {}

  Json route(int number) {
    const std::string protocol = pick({"OpenInferenceV2", "OpenAI", "Generic"});
    Json spec = {{"protocol", protocol}, {"versions", versions()}, {"auth", {{"methods", methods()}}}};
    if (protocol == "Generic") spec["paths"] = paths(number);
    if (protocol != "Generic") spec["model"] = "model-" + std::to_string(number) + (protocol == "OpenAI" ? "/x:y" : "");
    if (chance()) spec["hostnames"] = {"h" + std::to_string(number) + ".example", "10.0.0.1"};
    if (chance()) spec["split"] = split(spec);
    if (chance()) spec["timeouts"] = timeouts();
    if (chance()) spec["body"] = body();
    if (chance()) spec["enrichment"] = {{"headers", chance()}};
    return {{"apiVersion", "mlgateway.io/v1alpha1"},
            {"kind", "MLRoute"},
            {"metadata", {{"name", "r-" + std::to_string(number)}, {"namespace", pick({"default", "models"})}}},
            {"spec", spec}};
  }

  Json secret(int number) {
    Json entries = Json::object();
    const int count = below(4);
    for (int i = 0; i < count; ++i)
      entries["caller." + std::to_string(i)] = "key-" + std::to_string(random_()) + "-abcdefgh";
    Json metadata = {{"name", "s" + std::to_string(number)},
                     {"namespace", pick({"default", "models"})},
                     {"labels", {{"team", pick({"a", "b"})}, {"mlgateway.io/use", "key"}, {"x.example/ü", ""}}}};
    metadata["labels"].erase("x.example/ü");
    if (chance()) metadata["labels"]["mlgateway.io/tenant"] = "acme";
    if (chance()) metadata["annotations"] = {{"mlgateway.io/expires", "2031-02-28T09:00:00Z"}};
    return {{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", metadata}, {"stringData", entries}};
  }

 private:
  int below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }
  bool chance() { return below(2) == 0; }
  std::string pick(std::vector<std::string> choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }

  Json versions() {
    Json list = Json::array();
    const int count = 1 + below(16);
    int left = 100;
    for (int i = 0; i < count; ++i) {
      const int weight = i + 1 == count ? left : below(left + 1);
      left -= weight;
      list.push_back({{"name", "v" + std::to_string(i)},
                      {"url", pick({"http://a:1", "http://[::1]:65535", "http://10.0.0.1:80"})}});
      if (weight > 0 || chance()) list.back()["weight"] = weight;
    }
    return list;
  }

  Json methods() {
    Json list = {{{"name", "keys"},
                  {"type", "APIKey"},
                  {"apiKey", {{"secretSelector", {{"matchLabels", {{"team", pick({"a", "b", "c"})}}}}}}}}};
    if (chance()) list[0]["apiKey"]["headers"] = {{{"name", "x-key"}}, {{"name", "authorization"}, {"scheme", "Key"}}};
    if (chance()) list.push_back({{"name", "all"}, {"type", "Anonymous"}});
    return list;
  }

  Json paths(int number) {
    Json list = Json::array();
    const int count = 1 + below(5);
    for (int i = 0; i < count; ++i) {
      list.push_back({{"path", "/r" + std::to_string(number) + "/p" + std::to_string(i)}});
      if (chance()) list.back()["type"] = "Prefix";
      if (chance()) list.back()["methods"] = {"GET", "POST"};
    }
    return list;
  }

  Json split(const Json& spec) {
    Json json = {{"stickyBy", pick({"None", "Principal", "Header"})}};
    if (json["stickyBy"] == "Header") json["header"] = "x-user";
    if (chance()) {
      json["overrides"] = {{{"headers", {{{"name", "x-v"}, {"value", "a b ~"}}, {{"name", "x-w"}, {"value", "\"\\"}}}},
                            {"version", spec["versions"][0]["name"]}}};
    }
    if (chance()) json["overrideMatch"] = {{"keyLabels", {{"mlgateway.io/role", "tester"}, {"empty", ""}}}};
    return json;
  }

  Json timeouts() {
    Json json = {{"request", pick({"1ms", "24h", "1m30s"})}, {"connect", "250ms"}, {"streamIdle", "1h"}};
    if (chance()) json["firstByte"] = "1ms";
    return json;
  }

  Json body() {
    Json json = Json::object();
    if (chance()) json["maxBytes"] = chance() ? Json("1Ti") : Json(1);
    if (chance()) json["maxReadBytes"] = chance() ? Json("1Gi") : Json(1073741824);
    return json;
  }

  std::mt19937 random_;
};

TEST(Contract, CarriesEveryShapeOfRouteUnchanged) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    RandomRoutes random(seed);
    std::string text;
    for (int i = 0; i < 4; ++i) text += random.secret(i).dump() + "\n---\n";
    for (int i = 0; i < 6; ++i) text += random.route(i).dump() + "\n---\n";
    route::World world = world_of(text);
    std::sort(world.secrets.begin(), world.secrets.end(),
              [](const auto& a, const auto& b) { return a.secret.key < b.secret.key; });
    const route::Plan plan = route::plan(world, kNow);
    for (const auto& status : plan.statuses) {
      EXPECT_EQ(status.conditions[0].status, "True") << status.conditions[0].message;
    }
    expect_same_after_the_wire(plan);
  }
}

}  // namespace
}  // namespace mlgateway
