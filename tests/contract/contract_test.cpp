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

// Of RFC 8037, appendix A.2, with white space that does not matter.
constexpr const char* kKeySet =
    R"({ "keys": [{"kty":"OKP","crv":"Ed25519","kid":"\u00e4","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";

const WallTime kNow{std::chrono::seconds(1'709'208'000)};

const local::Admission& admission() {
  static const auto made = local::Admission::make();
  return *made;
}

template <class Object>
api::Observed<Object> observed(const Object& good) {
  api::Observed<Object> made;
  made.key = good.key;
  made.generation = made.good_generation = 1;
  made.good = good;
  made.created = kNow;
  return made;
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
    if (manifest.good->config_map) world.config_maps.push_back({*manifest.good->config_map, ""});
    if (manifest.good->route) world.routes.push_back(observed(*manifest.good->route));
    if (manifest.good->quota) world.quotas.push_back(observed(*manifest.good->quota));
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
    for (const auto& status : plan.quota_statuses) {
      for (const auto& condition : status.conditions) EXPECT_NE(condition.status, "False") << condition.message;
    }
    expect_same_after_the_wire(plan);
  }
  EXPECT_GT(routes, 0u) << "the examples must have a route";
}

TEST(Contract, CarriesAWorldWithoutRoutes) { expect_same_after_the_wire(route::plan(route::World{}, kNow)); }

// Manifests that are good by construction, of every shape that the schema allows.
class RandomManifests {
 public:
  explicit RandomManifests(unsigned seed) : random_(seed) {}

  Json route(int number) {
    const std::string protocol = pick({"OpenInferenceV2", "KServeV1", "OpenAI", "MLflow", "TorchServe", "Generic"});
    Json spec = {{"protocol", protocol}, {"versions", versions()}, {"auth", {{"methods", methods()}}}};
    if (protocol == "Generic") spec["paths"] = paths(number);
    if (protocol == "MLflow") spec["hostnames"] = {"mlflow-" + std::to_string(number) + ".example"};
    if (protocol != "Generic" && protocol != "MLflow")
      spec["model"] = "model-" + std::to_string(number) + (protocol == "OpenAI" ? "/x:y" : "");
    if (protocol != "MLflow" && chance()) spec["hostnames"] = {"h" + std::to_string(number) + ".example", "10.0.0.1"};
    if (chance()) spec["split"] = split(spec);
    if (chance()) spec["auth"]["authorization"] = authorization(spec);
    if (chance()) spec["timeouts"] = timeouts();
    if (chance()) spec["body"] = body();
    if (chance()) spec["cost"] = cost(protocol);
    if (chance()) spec["cache"] = cache();
    if (chance() && (!spec.contains("cache") || spec["cache"]["scope"] == "Principal")) {
      spec["auth"]["identityHeaders"] = {{{"name", "x-user"}, {"value", "Principal"}}};
    }
    if (chance()) spec["enrichment"] = {{"headers", chance()}};
    return {{"apiVersion", "mlgateway.io/v1alpha1"},
            {"kind", "MLRoute"},
            {"metadata", {{"name", "r-" + std::to_string(number)}, {"namespace", pick({"default", "models"})}}},
            {"spec", spec}};
  }

  Json quota(int number) {
    Json spec = {{"tiers", tiers()}};
    if (chance()) spec["enforcement"] = pick({"Enforce", "DryRun"});
    if (chance()) {
      spec["targetRefs"] = Json::array();
      for (int i = below(3); i > 0; --i) {
        const std::string name = "r-" + std::to_string(i);
        spec["targetRefs"].push_back({{"group", "mlgateway.io"}, {"kind", "MLRoute"}, {"name", name}});
      }
    }
    return {{"apiVersion", "mlgateway.io/v1alpha1"},
            {"kind", "MLQuota"},
            {"metadata", {{"name", "q-" + std::to_string(number)}, {"namespace", pick({"default", "models"})}}},
            {"spec", spec}};
  }

  static Json key_set() {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", "keys"}, {"namespace", "models"}, {"labels", {{"mlgateway.io/use", "keys"}}}}},
            {"data", {{"jwks.json", kKeySet}, {"ca.crt", "-----BEGIN CERTIFICATE-----\n"}}}};
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
      if (chance()) list.back()["costFactor"] = decimal();
      if (chance()) list.back()["revision"] = pick({"1", "sha256:0a", "~!"});
    }
    return list;
  }

  Json methods() {
    Json list = {{{"name", "keys"},
                  {"type", "APIKey"},
                  {"apiKey", {{"secretSelector", {{"matchLabels", {{"team", pick({"a", "b", "c"})}}}}}}}}};
    if (chance()) list[0]["apiKey"]["headers"] = {{{"name", "x-key"}}, {{"name", "authorization"}, {"scheme", "Key"}}};
    if (chance()) list.push_back({{"name", "corp"}, {"type", "JWT"}, {"jwt", tokens()}});
    if (chance()) list.push_back({{"name", "opaque"}, {"type", "Introspection"}, {"introspection", asked()}});
    if (chance()) list.push_back({{"name", "all"}, {"type", "Anonymous"}});
    return list;
  }

  Json tokens() {
    Json json = {{"issuer", pick({"https://id.example/", "urn:x"})}, {"audiences", {"models", "\"\\ ~"}}};
    json["jwks"] = chance() ? Json{{"inline", kKeySet}} : Json{{"configMapRef", {{"name", pick({"keys", "none"})}}}};
    if (chance()) json["jwks"] = fetched();
    if (chance()) json["algorithms"] = {"ES256", "EdDSA"};
    if (chance()) json["leeway"] = pick({"0s", "10m"});
    if (chance()) json["principalClaim"] = pick({"https://x.example/id", "/a/0/b~1c"});
    if (chance()) json["tenantClaim"] = "org";
    if (chance()) json["labelClaims"] = {{"plan", "plan"}, {"x.example/team", "/realm/team"}};
    if (chance()) json["headers"] = {{{"name", "x-token"}}, {{"name", "authorization"}, {"scheme", "Token"}}};
    return json;
  }

  Json asked() {
    Json json = {{"issuer", "urn:y"}, {"url", "http://[::1]:1/introspect?x=\\"}, {"clientID", "\"\\ ~"}};
    json["clientSecretRef"] = {{"name", pick({"s0", "none"})}, {"key", "caller.0"}};
    if (chance()) json["authentication"] = pick({"Basic", "Post"});
    if (chance()) json["audiences"] = {"models", "\"\\ ~"};
    if (chance()) json["timeout"] = pick({"100ms", "1m"});
    if (chance()) json["remember"] = pick({"0s", "1h"});
    if (chance()) json["rememberRefused"] = pick({"0s", "1m"});
    if (chance()) json["caConfigMapRef"] = {{"name", "keys"}};
    if (chance()) json["labelClaims"] = {{"plan", "/realm/plan"}};
    return json;
  }

  // `issuer` is no address in half of the cases, so keys are never discovered.
  Json fetched() {
    Json json = {{"url", pick({"https://id.example/keys", "http://[::1]:1/"})}};
    if (chance()) json["refresh"] = {{"interval", pick({"10s", "24h"})}, {"staleWhileError", pick({"0s", "168h"})}};
    if (chance()) json["caConfigMapRef"] = {{"name", "keys"}};
    return json;
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

  Json authorization(const Json& spec) {
    Json json = {{"rules", Json::array()}};
    if (chance()) json["mode"] = pick({"Enforce", "DryRun"});
    for (int i = below(32); i >= 0; --i) json["rules"].push_back(access_rule(spec));
    return json;
  }

  Json access_rule(const Json& spec) {
    Json json = Json::object();
    if (chance()) json["name"] = pick({"staff", "x-1"});
    if (chance()) json["action"] = pick({"Allow", "Deny"});
    if (chance()) json["principals"] = {{{"method", "keys"}, {"name", "\xc3\xbc \"\\"}}, {{"issuer", "urn:x"}}};
    if (chance()) json["tenants"] = {"acme", "a b"};
    if (chance()) json["keyLabels"] = {{"x.example/plan", ""}};
    if (chance()) json["claims"] = {claim(), claim()};
    if (chance()) json["operations"] = {pick({"Predict", "Metadata", "Health"})};
    if (chance()) json["versions"] = {spec["versions"][0]["name"]};
    if (chance()) json["overrides"] = pick({"Allow", "Deny"});
    return json;
  }

  Json claim() {
    Json json = {{"name", pick({"scope", "https://x.example/id", "/a/0/b~1c"})}};
    const std::string test = pick({"equals", "contains", "prefix", "oneOf"});
    json[test] = test == "oneOf" ? Json{"x", "\xc3\xbc"} : Json("true");
    return json;
  }

  std::string decimal() { return pick({"0", "1", "0.000001", "999999.999999", "007.50"}); }

  Json cost(const std::string& protocol) {
    Json terms = Json::array();
    for (const char* quantity : {"Request", "Rows", "Elements", "RequestBytes"}) {
      const std::string name = quantity;
      if (protocol == "Generic" && (name == "Rows" || name == "Elements")) continue;
      if (chance()) terms.push_back({{"quantity", name}, {"price", decimal()}});
    }
    for (const char* pointer : {"/n", "/parameters/beam~1width/0", "/\xc3\xbc x"}) {
      if (!chance()) continue;
      terms.push_back({{"pointer", pointer}, {"price", decimal()}, {"max", pick({"999999999.999999", "1000000"})}});
      if (chance()) terms.back()["default"] = decimal();
    }
    Json json = {{"unit", pick({"requests", "credits"})}, {"cacheHitFactor", pick({"0", "1.000000", "0.25"})}};
    if (!terms.empty()) json["terms"] = terms;
    return json;
  }

  Json cache() {
    Json json = {{"ttl", pick({"1s", "720h", "10m"})}, {"scope", pick({"Principal", "Tenant", "Shared"})}};
    if (chance()) json["maxBytes"] = chance() ? Json("64Gi") : Json(1048576);
    return json;
  }

  Json tiers() {
    Json list = Json::array();
    const int count = 1 + below(4);
    for (int i = 0; i < count; ++i) {
      Json tier = {{"name", "t" + std::to_string(i)}, {"limits", Json::array()}};
      if (i > 0 || chance()) tier["match"] = {{"keyLabels", {{"plan", "p" + std::to_string(i)}, {"x.example/y", ""}}}};
      if (chance()) tier["scope"] = pick({"Principal", "Tenant", "Tier"});
      const int limits = 1 + below(8);
      for (int k = 0; k < limits; ++k) tier["limits"].push_back(limit(k));
      list.push_back(tier);
    }
    return list;
  }

  Json limit(int number) {
    Json json = {{"name", "l" + std::to_string(number)}, {"unit", pick({"Request", "Cost"})}};
    if (chance()) {
      json["budget"] = json["unit"] == "Cost" ? pick({"0.000001", "9999999999.999999"}) : pick({"1", "9999999999"});
      json["window"] = {{"rolling", pick({"1s", "744h", "30m"})}};
      return json;
    }
    json["rate"] = chance() ? 1 : 1'000'000'000;
    if (chance()) json["per"] = pick({"1ms", "24h"});
    if (chance()) json["burst"] = chance() ? 1 : 1'000'000'000;
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

TEST(Contract, CarriesEveryShapeOfRouteAndQuotaUnchanged) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    RandomManifests random(seed);
    std::string text;
    text += RandomManifests::key_set().dump() + "\n---\n";
    for (int i = 0; i < 4; ++i) text += random.secret(i).dump() + "\n---\n";
    for (int i = 0; i < 6; ++i) text += random.route(i).dump() + "\n---\n";
    for (int i = 0; i < 5; ++i) text += random.quota(i).dump() + "\n---\n";
    route::World world = world_of(text);
    std::sort(world.secrets.begin(), world.secrets.end(),
              [](const auto& a, const auto& b) { return a.secret.key < b.secret.key; });
    const route::Plan plan = route::plan(world, kNow);
    for (const auto& status : plan.statuses) {
      EXPECT_EQ(status.conditions[0].status, "True") << status.conditions[0].message;
    }
    for (const auto& status : plan.quota_statuses) {
      EXPECT_EQ(status.conditions[0].status, "True") << status.conditions[0].message;
    }
    expect_same_after_the_wire(plan);
  }
}

}  // namespace
}  // namespace mlgateway
