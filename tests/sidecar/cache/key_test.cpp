#include "sidecar/cache/key.hpp"

#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "sidecar/http/strict.hpp"
#include "tests/sidecar/cache/documents.hpp"

namespace mlgateway::cache {
namespace {

config::Route iris() {
  config::Route route;
  route.namespace_name = "models";
  route.name = "iris";
  route.model = "iris";
  return route;
}

config::Version v1() { return {"v1", {"10.0.0.1", 8080}, 100, config::kOne, {}}; }

// A request and who sends it; each test changes one thing.
struct Request {
  Key tag = tag_of(iris(), v1());
  config::CacheScope scope = config::CacheScope::Principal;
  auth::Principal principal{.method = "keys", .issuer = "team", .name = "alice"};
  std::string line = "POST /v2/models/iris/infer";
  std::string fields = "Content-Type: application/json\r\n";
  std::string body = R"({"inputs":[1]})";
  BodyForm form = BodyForm::JsonV2;

  Key key() const {
    http::RequestHead head;
    const std::string text = line + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
    EXPECT_TRUE(http::parse_request_head(text, {}, head).ok()) << text;
    return key_of({.tag = tag, .scope = scope, .principal = principal, .head = head, .body = body, .form = form});
  }
};

TEST(Key, IsTheSameForTheSameRequest) { EXPECT_EQ(Request{}.key(), Request{}.key()); }

TEST(Key, IsAnotherForAnotherModel) {
  const Key first = tag_of(iris(), v1());
  const auto with = [&](auto change) {
    config::Route route = iris();
    config::Version version = v1();
    change(route, version);
    const Key second = tag_of(route, version);
    EXPECT_NE(first, second);
    Request request;
    request.tag = second;
    EXPECT_NE(request.key(), Request{}.key());
  };
  with([](auto& route, auto&) { route.namespace_name = "other"; });
  with([](auto& route, auto&) { route.name = "other"; });
  with([](auto& route, auto&) { route.model = "other"; });
  with([](auto& route, auto&) { route.protocol = config::Protocol::KServeV1; });
  with([](auto&, auto& version) { version.name = "v2"; });
  with([](auto&, auto& version) { version.revision = "2"; });
  with([](auto&, auto& version) { version.endpoint.host = "10.0.0.2"; });
  with([](auto&, auto& version) { version.endpoint.port = 8081; });
}

TEST(Key, IsTheSameForAnotherWeightOrPrice) {
  config::Version version = v1();
  version.weight = 5;
  version.cost_factor = 8 * config::kOne;
  EXPECT_EQ(tag_of(iris(), v1()), tag_of(iris(), version));
}

TEST(Tag, DoesNotTakeTheEndOfOnePartForTheBeginningOfTheNext) {
  config::Route left = iris(), right = iris();
  left.namespace_name = "ab";
  left.name = "c";
  right.namespace_name = "a";
  right.name = "bc";
  EXPECT_NE(tag_of(left, v1()), tag_of(right, v1()));
}

TEST(Key, IsAnotherForEachPartOfThePrincipal) {
  const auto with = [](auto change) {
    Request request;
    change(request.principal);
    EXPECT_NE(request.key(), Request{}.key());
  };
  with([](auto& who) { who.method = "corp"; });
  with([](auto& who) { who.issuer = "other"; });
  with([](auto& who) { who.name = "bob"; });
  with([](auto& who) { who.anonymous = true; });
  with([](auto& who) { who.issuer = "tea", who.name = "malice"; });
}

TEST(Key, IsSharedByATenantsPrincipalsOnlyInTheScopeTenant) {
  Request alice, bob;
  alice.principal.tenant = bob.principal.tenant = "acme";
  bob.principal.name = "bob";
  EXPECT_NE(alice.key(), bob.key());
  alice.scope = bob.scope = config::CacheScope::Tenant;
  EXPECT_EQ(alice.key(), bob.key());
  bob.principal.tenant = "other";
  EXPECT_NE(alice.key(), bob.key());
}

TEST(Key, NeverTakesAPrincipalWithoutTenantForATenantOfHisName) {
  Request tenant, alone;
  tenant.scope = alone.scope = config::CacheScope::Tenant;
  for (const char* name : {"alice", "keys", "team", "principal"}) {
    tenant.principal.tenant = name;
    EXPECT_NE(tenant.key(), alone.key()) << name;
  }
  alone.principal = {.method = "keys", .anonymous = true};
  EXPECT_NE(tenant.key(), alone.key());
}

TEST(Key, IsEverybodysInTheScopeShared) {
  Request alice, bob;
  alice.scope = bob.scope = config::CacheScope::Shared;
  bob.principal = {.method = "any", .tenant = "acme", .anonymous = true};
  EXPECT_EQ(alice.key(), bob.key());
  EXPECT_NE(alice.key(), Request{}.key());
}

TEST(Key, IsAnotherForEachPartOfTheHeadThatDecides) {
  const auto with = [](const char* line, const char* fields) {
    Request request;
    if (line) request.line = line;
    if (fields) request.fields = fields;
    EXPECT_NE(request.key(), Request{}.key()) << (line ? line : fields);
  };
  with("PUT /v2/models/iris/infer", nullptr);
  with("POST /v2/models/iris/versions/1/infer", nullptr);
  with("POST /v2/models/iris/infer?", nullptr);
  with("POST /v2/models/iris/infer?a=1", nullptr);
  with(nullptr, "");
  with(nullptr, "Content-Type: application/JSON\r\n");
  with(nullptr, "Content-Type: application/json\r\nAccept: text/csv\r\n");
  with(nullptr, "Content-Type: application/json\r\nAccept:\r\n");
  with(nullptr, "Content-Type: application/json\r\nOrigin: https://a.example\r\n");
  with(nullptr, "Content-Type: application/json\r\nInference-Header-Content-Length: 14\r\n");
}

TEST(Key, DoesNotTakeOneFieldForAnother) {
  Request type, accept, twice, once;
  type.fields = "Content-Type: text/csv\r\n";
  accept.fields = "Accept: text/csv\r\n";
  twice.fields = "Accept: a\r\nAccept: b\r\n";
  once.fields = "Accept: a, b\r\n";
  EXPECT_NE(type.key(), accept.key());
  EXPECT_NE(twice.key(), once.key());
}

TEST(Key, IgnoresEveryOtherField) {
  Request request;
  request.fields += "User-Agent: x\r\nX-Request-Id: 1\r\nAuthorization: Bearer s\r\nExpect: 100-continue\r\n";
  EXPECT_EQ(request.key(), Request{}.key());
}

TEST(Key, ReadsNamesOfFieldsWithoutCase) {
  Request upper, lower;
  upper.fields = "ACCEPT: a\r\nINFERENCE-HEADER-CONTENT-LENGTH: 3\r\n";
  lower.fields = "accept: a\r\ninference-header-content-length: 3\r\n";
  EXPECT_EQ(upper.key(), lower.key());
}

TEST(Key, TellsIntegersApartThatAreOneDouble) {
  Request first, second;
  first.body = R"({"inputs":[9007199254740993]})";
  second.body = R"({"inputs":[9007199254740992]})";
  EXPECT_NE(first.key(), second.key());
}

TEST(Key, IgnoresWhiteSpaceOfJsonAndOfNothingElse) {
  Request compact, spaced;
  spaced.body = " { \"inputs\" : [ 1 ] }\n";
  EXPECT_EQ(compact.key(), spaced.key());
  compact.form = spaced.form = BodyForm::Json;
  EXPECT_EQ(compact.key(), spaced.key());
  compact.form = spaced.form = BodyForm::Bytes;
  EXPECT_NE(compact.key(), spaced.key());
}

TEST(Key, IgnoresTheIdOnlyInV2) {
  Request with, without;
  with.body = R"({"id":"7","inputs":[1]})";
  EXPECT_EQ(with.key(), without.key());
  with.form = without.form = BodyForm::Json;
  EXPECT_NE(with.key(), without.key());
}

TEST(Key, TakesTensorsBehindTheJsonByteForByte) {
  Request first, second;
  first.fields = second.fields = "Inference-Header-Content-Length: 15\r\n";
  first.body = R"({"inputs": [1]}{"id": 1})";
  second.body = R"({"inputs": [1]}{"id":1} )";
  EXPECT_NE(first.key(), second.key());
  second.body = R"({ "inputs":[1]}{"id": 1})";
  EXPECT_EQ(first.key(), second.key());
}

TEST(Key, DoesNotTakeTheEndOfTheJsonForTheBeginningOfTheTensors) {
  Request left, right;
  left.body = right.body = R"({"a":1}  )";
  left.fields = "Inference-Header-Content-Length: 7\r\n";
  right.fields = "Inference-Header-Content-Length: 9\r\n";
  EXPECT_NE(left.key(), right.key());
}

TEST(Key, TakesABodyWhosePartsItCannotTellByteForByte) {
  for (const char* length : {"x", "", "-1", "99", "14, 14", "99999999999999999999999"}) {
    Request first, second;
    first.fields = second.fields = "Inference-Header-Content-Length: " + std::string(length) + "\r\n";
    second.body = R"({"inputs" :[1]})";
    EXPECT_NE(first.key(), second.key()) << length;
    second.body = first.body;
    EXPECT_EQ(first.key(), second.key()) << length;
  }
}

TEST(Key, DependsOnEveryByteOfALongBody) {
  Request request;
  request.form = BodyForm::Bytes;
  request.body.assign(2000, 'x');
  const Key whole = request.key();
  for (std::size_t at = 0; at < request.body.size(); at += 7) {
    Request other = request;
    other.body[at] = 'y';
    EXPECT_NE(other.key(), whole) << at;
  }
}

TEST(Key, IsTheSameWhateverWhiteSpaceADocumentHas) {
  std::mt19937 random(6);
  for (int round = 0; round < 500; ++round) {
    const Document document = some_object(random);
    Request first, second;
    first.body = spaced(document, random);
    second.body = spaced(with_member(document, R"("\u0069d")", {"\"x\""}, random), random);
    EXPECT_EQ(first.key(), second.key());
  }
}

}  // namespace
}  // namespace mlgateway::cache
