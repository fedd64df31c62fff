#include "sidecar/config/parse.hpp"

#include <string>

#include <gtest/gtest.h>

#include "sidecar/config/check.hpp"
#include "tests/sidecar/config/damage.hpp"

namespace mlgateway::config {
namespace {

using Json = nlohmann::json;

TEST(Contract, IsParsedToTheValueThatWasRendered) {
  const GatewayConfig config = full_config();
  const auto parsed = parse(render(config));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(*parsed, config);
  EXPECT_EQ(render(*parsed), render(config));
}

TEST(Contract, OfNoRoutesIsAConfigToo) {
  const GatewayConfig nothing;
  const auto parsed = parse(render(nothing));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, nothing);
}

// The operator of another version reads and writes these names: a change of them is a change of the contract.
TEST(Contract, IsWrittenWithTheseNames) {
  Route iris = route("iris");
  iris.hash = "h";
  GatewayConfig config = config_of({iris});
  config.hash = "c";
  EXPECT_EQ(
      render(config),
      R"({"contract":1,"hash":"c","quotas":[],"routes":[{"namespace":"models","name":"iris","generation":1,"hash":"h",)"
      R"("protocol":"OpenInferenceV2","model":"iris","hostnames":[],"paths":[],)"
      R"("versions":[{"name":"v1","host":"v1.models.svc","port":8080,"weight":100,)"
      R"("costFactor":1000000,"revision":""}],)"
      R"("split":{"stickyBy":"None","header":"","overrides":[],"overrideLabels":{}},)"
      R"("auth":[{"name":"everyone","type":"Anonymous","headers":[],"keySets":[]}],)"
      R"("timeouts":{"requestMs":60000,"connectMs":1000,"streamIdleMs":30000},"body":{"maxReadBytes":8388608},)"
      R"("cost":{"unit":"requests","terms":[{"quantity":"Request","price":1000000}],"cacheHitFactor":0},)"
      R"("quotas":[],"enrichment":{"headers":true}}]})");
}

TEST(Hashes, ChangeWithEverythingButThemselves) {
  const GatewayConfig config = full_config();
  Route route = config.routes[0];
  EXPECT_EQ(route_hash(route).size(), 64u);
  route.hash = "another";
  EXPECT_EQ(route_hash(route, config.quotas), config.routes[0].hash);
  route.auth[0].key_sets[0].keys[0].digest[31] ^= 1;
  EXPECT_NE(route_hash(route, config.quotas), config.routes[0].hash);

  Quota quota = config.quotas[0];
  EXPECT_EQ(quota_hash(quota).size(), 64u);
  quota.hash = "another";
  EXPECT_EQ(quota_hash(quota), config.quotas[0].hash);
  quota.tiers[1].limits[0].budget->amount += 1;
  EXPECT_NE(quota_hash(quota), config.quotas[0].hash);

  GatewayConfig other = config;
  other.hash = "another";
  EXPECT_EQ(config_hash(other), config.hash);
  other.routes[1].hash = "another";
  EXPECT_NE(config_hash(other), config.hash);
  other = config;
  other.admin_token_digest.reset();
  EXPECT_NE(config_hash(other), config.hash);
}

TEST(Hashes, OfARouteCoverTheQuotasThatItNames) {
  GatewayConfig config = full_config();
  config.quotas[0].hash = "another";
  EXPECT_NE(route_hash(config.routes[0], config.quotas), config.routes[0].hash);
  EXPECT_EQ(route_hash(config.routes[1], config.quotas), config.routes[1].hash);
  config = full_config();
  config.quotas.push_back(config.quotas[0]);
  config.quotas[1].name = "unrelated";
  EXPECT_EQ(route_hash(config.routes[0], config.quotas), config.routes[0].hash);
}

TEST(Parse, RefusesWhatIsNoJsonWithLineAndColumn) {
  EXPECT_EQ(fault(""), "line 1, column 1: not valid JSON");
  EXPECT_EQ(fault("{\n  \"contract\": 1,\n  oops\n}"), "line 3, column 3: not valid JSON");
  // What a crash of the machine may leave of a file.
  EXPECT_EQ(fault("{}" + std::string(100, '\0')), "line 1, column 3: not valid JSON");
  EXPECT_NE(fault(render(full_config()) + "x"), "");
  EXPECT_NE(fault("{\"contract\":1e999}"), "");
  EXPECT_NE(fault("{\"hash\":\"\xff\"}"), "");
  std::string half = render(full_config());
  half.resize(half.size() / 2);
  EXPECT_NE(fault(half), "");
}

TEST(Parse, RefusesEndlessNesting) {
  EXPECT_EQ(fault(std::string(1'000'000, '[')), "line 1, column 33: nested deeper than 32");
  EXPECT_EQ(fault("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"]"), "document: must be an object");
}

TEST(Parse, RefusesAKeyThatStandsTwice) {
  std::string text = render(full_config());
  const std::string weight = R"("weight":5)";
  text.insert(text.find(weight), R"("weight":95,)");
  EXPECT_EQ(fault(text), "routes[0].versions[1].weight: is there twice");
  EXPECT_EQ(fault(R"({"hash":"","hash":""})"), "hash: is there twice");
}

class ParseRefuses : public testing::TestWithParam<Damage> {};

TEST_P(ParseRefuses, WithThePathOfTheFault) {
  const Damage& damage = GetParam();
  EXPECT_EQ(fault(damaged(damage.pointer, damage.value)), damage.fault);
}

constexpr const char* kLabel20 = "must be a DNS-1035 label of at most 20 characters";
constexpr const char* kFieldName = "must be the lower-case name of a field";

std::string with(const char* path, const char* words) { return std::string(path) + ": " + words; }

const std::string kVersionName = with("routes[0].versions[1].name", kLabel20);
const std::string kSplitHeader = with("routes[0].split.header", kFieldName);
const std::string kOverrideHeader = with("routes[0].split.overrides[0].headers[1].name", kFieldName);
const std::string kModel =
    "routes[0].model: must be 1 to 253 visible characters without '%', '?', '#' (and '/', unless the protocol is "
    "OpenAI)";
const std::string kPath =
    "routes[2].paths[1].path: must be the path of a request: from '/', at most 1024 characters, no empty or dot "
    "elements";
const std::string kCarrier =
    "routes[0].auth[0].headers[1].name: must be the lower-case name of a field that neither HTTP nor the gateway needs";
const std::string kDigest = "must be a SHA-256 digest in 64 hexadecimal digits";
const std::string kAdminDigest = "adminTokenDigest: " + kDigest;
const std::string kKeyDigest = "routes[0].auth[0].keySets[1].keys[0].digest: " + kDigest;
const std::string kSharedDigest = '"' + to_hex(sha256("a")) + '"';

INSTANTIATE_TEST_SUITE_P(
    Shape, ParseRefuses,
    testing::Values(
        Damage{"/contract", "", "contract: is missing"}, Damage{"/contract", "2", "contract: must be at most 1, is 2"},
        Damage{"/contract", "\"1\"", "contract: must be an integer"},
        Damage{"/contract", "1.0", "contract: must be an integer"}, Damage{"/hash", "", "hash: is missing"},
        Damage{"/routes", "", "routes: is missing"}, Damage{"/routes", "{}", "routes: must be a list"},
        Damage{"/routes", "null", "routes: must be a list"}, Damage{"/routes/1", "7", "routes[1]: must be an object"},
        Damage{"/future", "1", "future: is not a field of the contract"},
        Damage{"/routes/0/wait", "1", "routes[0].wait: is not a field of the contract"},
        Damage{"/routes/0/name", "null", "routes[0].name: must be a string"},
        Damage{"/routes/0/protocol", "\"KServeV2\"",
               "routes[0].protocol: must be one of OpenInferenceV2, KServeV1, OpenAI, MLflow, TorchServe, Generic, is "
               "\"KServeV2\""},
        Damage{"/routes/0/hostnames/0", "3", "routes[0].hostnames[0]: must be a string"},
        Damage{"/routes/2/paths/0/extra", "1", "routes[2].paths[0].extra: is not a field of the contract"},
        Damage{"/routes/2/paths/0/type", "\"Regex\"",
               "routes[2].paths[0].type: must be one of Exact, Prefix, is \"Regex\""},
        Damage{"/routes/0/versions/1/weight", "", "routes[0].versions[1].weight: is missing"},
        Damage{"/routes/0/versions/1/weight", "-1", "routes[0].versions[1].weight: must be at least 0, is -1"},
        Damage{"/routes/0/versions/1/port", "65536", "routes[0].versions[1].port: must be at most 65535, is 65536"},
        Damage{"/routes/0/versions/1/port", "18446744073709551615",
               "routes[0].versions[1].port: must be at most 65535, is 18446744073709551615"},
        Damage{"/routes/0/versions/1/zone", "1", "routes[0].versions[1].zone: is not a field of the contract"},
        Damage{"/routes/0/split/overrides/0/headers/0/value", "",
               "routes[0].split.overrides[0].headers[0].value: is missing"},
        Damage{"/routes/0/split/overrideLabels/team", "1", "routes[0].split.overrideLabels.team: must be a string"},
        Damage{"/routes/0/split/overrideLabels", "[]", "routes[0].split.overrideLabels: must be an object"},
        Damage{"/routes/0/auth/0/oidc", "{}", "routes[0].auth[0].oidc: is not a field of the contract"},
        Damage{"/routes/0/auth/0/type", "\"OIDC\"",
               "routes[0].auth[0].type: must be one of APIKey, JWT, Introspection, Anonymous, is \"OIDC\""},
        Damage{"/routes/1/auth/0/jwt/keys", "", "routes[1].auth[0].jwt.keys: is missing"},
        Damage{"/routes/1/auth/0/jwt/jku", "\"x\"", "routes[1].auth[0].jwt.jku: is not a field of the contract"},
        Damage{"/routes/1/auth/0/jwt/algorithms/0", "\"HS256\"",
               "routes[1].auth[0].jwt.algorithms[0]: must be an asymmetric signature algorithm of JWA, is \"HS256\""},
        Damage{"/routes/1/auth/0/jwt/algorithms/0", "\"none\"",
               "routes[1].auth[0].jwt.algorithms[0]: must be an asymmetric signature algorithm of JWA, is \"none\""},
        Damage{"/routes/0/auth/0/keySets/0/expires", "\"2027\"",
               "routes[0].auth[0].keySets[0].expires: must be an integer"},
        Damage{"/routes/0/auth/0/keySets/0/keys/0/key", "\"x\"",
               "routes[0].auth[0].keySets[0].keys[0].key: is not a field of the contract"},
        Damage{"/routes/0/timeouts/retryMs", "1", "routes[0].timeouts.retryMs: is not a field of the contract"},
        Damage{"/routes/0/body/minBytes", "1", "routes[0].body.minBytes: is not a field of the contract"},
        Damage{"/routes/0/enrichment/headers", "1", "routes[0].enrichment.headers: must be true or false"}));

INSTANTIATE_TEST_SUITE_P(
    Meaning, ParseRefuses,
    testing::Values(
        Damage{"/adminTokenDigest", "\"abc\"", kAdminDigest.c_str()},
        Damage{"/hash", "\"a b\"", "hash: must be at most 128 visible characters"},
        Damage{"/routes/1/name", "\"iris\"", "routes[1].name: another route has this namespace and name"},
        Damage{"/routes/0/name", "\"1iris\"", "routes[0].name: must be a DNS-1035 label of at most 40 characters"},
        Damage{"/routes/0/namespace", "\"\"", "routes[0].namespace: must be 1 to 253 visible characters"},
        Damage{"/routes/0/generation", "-1", "routes[0].generation: must not be negative"},
        Damage{"/routes/0/model", "\"\"", kModel.c_str()}, Damage{"/routes/0/model", "\"a/b\"", kModel.c_str()},
        Damage{"/routes/0/model", "\"a%62\"", kModel.c_str()}, Damage{"/routes/0/model", "\"..\"", kModel.c_str()},
        Damage{"/routes/0/hostnames/1", "\"Iris\"", "routes[0].hostnames[1]: must be a lower-case DNS name"},
        Damage{"/routes/0/hostnames/1", "\"*.example.com\"", "routes[0].hostnames[1]: must be a lower-case DNS name"},
        Damage{"/routes/0/hostnames/1", "\"a:80\"", "routes[0].hostnames[1]: must be a lower-case DNS name"},
        Damage{"/routes/0/hostnames/1", "\"a..b\"", "routes[0].hostnames[1]: must be a lower-case DNS name"},
        Damage{"/routes/0/hostnames/1", "\"iris.example.com\"", "routes[0].hostnames[1]: is there twice"},
        Damage{"/routes/0/paths", R"([{"type":"Exact","path":"/a","methods":["GET"]}])",
               "routes[0].paths: only Generic routes have paths"},
        Damage{"/routes/2/paths", "[]", "routes[2].paths: must be at least 1, is 0"},
        Damage{"/routes/2/paths/1/path", "\"predict\"", kPath.c_str()},
        Damage{"/routes/2/paths/1/path", "\"/a//b\"", kPath.c_str()},
        Damage{"/routes/2/paths/1/path", "\"/a/../b\"", kPath.c_str()},
        Damage{"/routes/2/paths/1/path", "\"/a?b\"", kPath.c_str()},
        Damage{"/routes/2/paths/1/path", "\"/a%2fb\"", kPath.c_str()},
        Damage{"/routes/2/paths/1", R"({"type":"Exact","path":"/predict","methods":["GET"]})",
               "routes[2].paths[1].path: is there twice"},
        Damage{"/routes/2/paths/1/methods", "[]", "routes[2].paths[1].methods: must be at least 1, is 0"},
        Damage{"/routes/2/paths/1/methods/0", "\"get\"",
               "routes[2].paths[1].methods[0]: must be a method in upper case"},
        Damage{"/routes/0/versions", "[]", "routes[0].versions: must be at least 1, is 0"},
        Damage{"/routes/0/versions/1/name", "\"V2\"", kVersionName.c_str()},
        Damage{"/routes/0/versions/1/name", "\"v1\"", "routes[0].versions[1].name: another version has this name"},
        Damage{"/routes/0/versions/1/host", "\"\"", "routes[0].versions[1].host: must be a DNS name or an IP address"},
        Damage{"/routes/0/versions/1/host", "\"a/b\"",
               "routes[0].versions[1].host: must be a DNS name or an IP address"},
        Damage{"/routes/0/versions/1/port", "0", "routes[0].versions[1].port: must be at least 1, is 0"},
        Damage{"/routes/0/versions/1/weight", "140", "routes[0].versions[1].weight: must be at most 100, is 140"},
        Damage{"/routes/0/versions/1/weight", "4",
               "routes[0].versions: the weights must sum to 100 (or all be 0), they sum to 99"}));

INSTANTIATE_TEST_SUITE_P(
    MeaningOfSplitAndLimits, ParseRefuses,
    testing::Values(
        Damage{"/routes/0/split/header", "\"\"", kSplitHeader.c_str()},
        Damage{"/routes/0/split/header", "\"X-User\"", kSplitHeader.c_str()},
        Damage{"/routes/0/split/stickyBy", "\"Principal\"",
               "routes[0].split.header: must be empty unless stickyBy is Header"},
        Damage{"/routes/0/split/overrides/0/version", "\"v3\"",
               "routes[0].split.overrides[0].version: the route has no version \"v3\""},
        Damage{"/routes/0/split/overrides/0/headers", "[]",
               "routes[0].split.overrides[0].headers: must be at least 1, is 0"},
        Damage{"/routes/0/split/overrides/0/headers/1/name", "\"x stage\"", kOverrideHeader.c_str()},
        Damage{"/routes/0/split/overrides/0/headers/1/value", "\" a\"",
               "routes[0].split.overrides[0].headers[1].value: must be 1 to 1024 printable characters without spaces "
               "around them"},
        Damage{"/routes/0/timeouts/requestMs", "0", "routes[0].timeouts.requestMs: must be at least 1, is 0"},
        Damage{"/routes/0/timeouts/firstByteMs", "86400001",
               "routes[0].timeouts.firstByteMs: must be at most 86400000, is 86400001"},
        Damage{"/routes/0/body/maxBytes", "0", "routes[0].body.maxBytes: must be at least 1, is 0"},
        Damage{"/routes/0/body/maxReadBytes", "1073741825",
               "routes[0].body.maxReadBytes: must be at most 1073741824, is 1073741825"}));

INSTANTIATE_TEST_SUITE_P(
    MeaningOfAuth, ParseRefuses,
    testing::Values(Damage{"/routes/0/auth", "[]", "routes[0].auth: must be at least 1, is 0"},
                    Damage{"/routes/0/auth/1/name", "\"keys\"", "routes[0].auth[1].name: another method has this name"},
                    Damage{"/routes/0/auth/1/headers", R"([{"name":"x","scheme":""}])",
                           "routes[0].auth[1].headers: must be empty with type Anonymous"},
                    Damage{"/routes/0/auth/2", R"({"name":"two","type":"Anonymous","headers":[],"keySets":[]})",
                           "routes[0].auth[2].type: at most one method may be Anonymous"},
                    Damage{"/routes/0/auth/0/headers", "[]", "routes[0].auth[0].headers: must be at least 1, is 0"},
                    Damage{"/routes/0/auth/0/headers/1/name", "\"X-API-Key\"", kCarrier.c_str()},
                    Damage{"/routes/0/auth/0/headers/1/name", "\"host\"", kCarrier.c_str()},
                    Damage{"/routes/0/auth/0/headers/1/name", "\"authorization\"",
                           "routes[0].auth[0].headers[1].name: is there twice"},
                    Damage{"/routes/0/auth/0/headers/1/scheme", "\"a b\"",
                           "routes[0].auth[0].headers[1].scheme: must be a token or empty"},
                    Damage{"/routes/0/auth/0/keySets/0/secret", "\"\"",
                           "routes[0].auth[0].keySets[0].secret: must be 1 to 253 visible characters"},
                    Damage{"/routes/0/auth/0/keySets/0/keys/0/name", "\"\"",
                           "routes[0].auth[0].keySets[0].keys[0].name: must be text of 1 to 1024 bytes"},
                    Damage{"/routes/0/auth/0/keySets/1/keys/0/digest", "\"zz\"", kKeyDigest.c_str()},
                    Damage{"/routes/0/auth/0/keySets/1/keys/0/digest", kSharedDigest.c_str(),
                           "routes[0].auth[0].keySets[1].keys[0].digest: another caller of this route has this key"}));

INSTANTIATE_TEST_SUITE_P(
    MeaningOfTokens, ParseRefuses,
    testing::Values(
        Damage{"/routes/1/auth/0/jwt", "", "routes[1].auth[0].jwt: must be set with type JWT, and only with it"},
        Damage{"/routes/1/auth/0/headers", "[]", "routes[1].auth[0].headers: must be at least 1, is 0"},
        Damage{"/routes/1/auth/0/keySets", R"([{"secret":"s","tenant":"","labels":{},"keys":[]}])",
               "routes[1].auth[0].keySets: must be empty with type JWT"},
        Damage{"/routes/1/auth/0/jwt/issuer", "\"a b\"",
               "routes[1].auth[0].jwt.issuer: must be 1 to 512 visible characters"},
        Damage{"/routes/1/auth/0/jwt/audiences", "[]", "routes[1].auth[0].jwt.audiences: must be at least 1, is 0"},
        Damage{"/routes/1/auth/0/jwt/audiences", R"(["a","a"])",
               "routes[1].auth[0].jwt.audiences: must not name one twice"},
        Damage{"/routes/1/auth/0/jwt/audiences/0", "\"\"",
               "routes[1].auth[0].jwt.audiences[0]: must be text of 1 to 256 bytes"},
        Damage{"/routes/1/auth/0/jwt/algorithms", "[]", "routes[1].auth[0].jwt.algorithms: must name at least one"},
        Damage{"/routes/1/auth/0/jwt/algorithms", R"(["ES256","ES256"])",
               "routes[1].auth[0].jwt.algorithms: must not name one twice"},
        Damage{"/routes/1/auth/0/jwt/leewayMs", "600001",
               "routes[1].auth[0].jwt.leewayMs: must be at most 600000, is 600001"},
        Damage{"/routes/1/auth/0/jwt/principalClaim", "\"\"",
               "routes[1].auth[0].jwt.principalClaim: must be a claim's name or a JSON Pointer"},
        Damage{"/routes/1/auth/0/jwt/tenantClaim", "\"/a~2\"",
               "routes[1].auth[0].jwt.tenantClaim: must be empty, a claim's name or a JSON Pointer"},
        Damage{"/routes/1/auth/0/jwt/labelClaims/plan", "\"\"",
               "routes[1].auth[0].jwt.labelClaims.plan: must be a claim's name or a JSON Pointer"},
        Damage{"/routes/1/auth/0/jwt/keys", "\"[]\"", "routes[1].auth[0].jwt.keys: the key set is not a JSON object"},
        Damage{"/routes/1/auth/0/jwt/keys", R"("{\"keys\":[{\"d\":\"AA\"}]}")",
               "routes[1].auth[0].jwt.keys: the key set is refused: keys[0] has the private member `d`: whoever could "
               "read it can sign, so this key must be replaced"}));

const std::string kQuotedKeys = Json(kPublicKeys).dump();

INSTANTIATE_TEST_SUITE_P(
    MeaningOfFetchedKeys, ParseRefuses,
    testing::Values(Damage{"/routes/1/auth/1/jwt/remote/url", "", "routes[1].auth[1].jwt.remote.url: is missing"},
                    Damage{"/routes/1/auth/1/jwt/remote/insecure", "true",
                           "routes[1].auth[1].jwt.remote.insecure: is not a field of the contract"},
                    Damage{"/routes/1/auth/1/jwt/remote/url", "\"file:///keys\"",
                           "routes[1].auth[1].jwt.remote.url: must be an http or https URL"},
                    Damage{"/routes/1/auth/1/jwt/remote/url", "\"http://id.example/keys\"",
                           "routes[1].auth[1].jwt.remote.url: must be https, or http from this machine"},
                    Damage{"/routes/1/auth/1/jwt/remote/intervalMs", "999",
                           "routes[1].auth[1].jwt.remote.intervalMs: must be at least 1000, is 999"},
                    Damage{"/routes/1/auth/1/jwt/remote/staleWhileErrorMs", "604800001",
                           "routes[1].auth[1].jwt.remote.staleWhileErrorMs: must be at most 604800000, is 604800001"},
                    Damage{"/routes/1/auth/1/jwt/remote/timeoutMs", "0",
                           "routes[1].auth[1].jwt.remote.timeoutMs: must be at least 100, is 0"},
                    Damage{"/routes/1/auth/1/jwt/remote/ca", "\"x\"",
                           "routes[1].auth[1].jwt.remote.ca: must be empty or certificates in PEM, at most 256 KiB"},
                    Damage{"/routes/1/auth/1/jwt/keys", kQuotedKeys.c_str(),
                           "routes[1].auth[1].jwt.keys: must have no keys where they are fetched"}));

TEST(Contract, TakesARouteThatWaitsForItsCertificate) {
  GatewayConfig config = full_config();
  config.routes[2].certificate = Certificate{"forms-tls", "", ""};
  EXPECT_TRUE(check(config).ok());
}

TEST(Contract, TakesNoCertificateThatIsNone) {
  const auto fault_with = [](Certificate certificate) {
    GatewayConfig config = full_config();
    config.routes[2].certificate = std::move(certificate);
    const auto checked = check(config);
    return checked.ok() ? "" : checked.error().message;
  };
  const auto other = testing_support::Authority("root").issue("other");
  EXPECT_EQ(fault_with({"s", "junk", certificate().key}), "routes[2].certificate: the certificate is not PEM");
  EXPECT_EQ(fault_with({"s", certificate().chain, other.key}),
            "routes[2].certificate: the private key is not that of the certificate");
  EXPECT_EQ(fault_with({"s", certificate().chain, ""}),
            "routes[2].certificate: the private key is not PEM, or is encrypted");
  EXPECT_EQ(fault_with({"", certificate().chain, certificate().key}),
            "routes[2].certificate.secret: must be 1 to 253 visible characters");
  EXPECT_EQ(fault_with({"s", std::string(200'000, 'x'), ""}), "routes[2].certificate.chain: must be at most 128 KiB");
}

TEST(Hashes, ChangeWithTheCertificate) {
  Route route = full_config().routes[2];
  const auto before = route_hash(route);
  route.certificate->key += "\n";
  EXPECT_NE(route_hash(route), before);
}

TEST(Contract, TakesTokensOfAnIssuerByOneMethodOnly) {
  GatewayConfig config = full_config();
  config.routes[1].auth[1] = token_method(token_rules(), "other");
  EXPECT_EQ(check(config).error().message, "routes[1].auth[1].jwt.issuer: another method has this issuer");
  config.routes[1].auth[1].jwt->issuer = "https://other.example/";
  EXPECT_TRUE(check(config).ok());
}

TEST(Contract, CarriesEveryProtocol) {
  GatewayConfig config = full_config();
  for (const Protocol protocol : {Protocol::KServeV1, Protocol::MLflow, Protocol::TorchServe}) {
    config.routes[0].protocol = protocol;
    const auto parsed = parse(render(config));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, config);
  }
}

TEST(Check, LetsAllWeightsBeZero) {
  GatewayConfig config = full_config();
  for (Version& version : config.routes[0].versions) version.weight = 0;
  EXPECT_TRUE(check(config).ok());
}

TEST(Check, RefusesTextThatJsonCannotCarry) {
  for (const char* name : {"a\nb", "\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xe0\x80\x80"}) {
    GatewayConfig config = full_config();
    config.routes[0].auth[0].key_sets[0].keys[0].name = name;
    EXPECT_FALSE(check(config).ok()) << name;
  }
  GatewayConfig config = full_config();
  config.routes[0].auth[0].key_sets[0].labels["a\x01"] = "";
  EXPECT_FALSE(check(config).ok());
}

}  // namespace
}  // namespace mlgateway::config
