#include "sidecar/jose/discovery.hpp"

#include <gtest/gtest.h>

#include "sidecar/jose/url.hpp"

namespace mlgateway::jose {
namespace {

constexpr const char* kIssuer = "https://id.example/realms/corp";

TEST(Url, IsTakenApart) {
  const auto url = parse_url("https://id.example:8443/keys?x=1");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "id.example");
  EXPECT_EQ(url->port, "8443");
  EXPECT_EQ(url->target, "/keys?x=1");
  EXPECT_EQ(parse_url("https://id.example")->port, "443");
  EXPECT_EQ(parse_url("https://id.example")->target, "/");
  EXPECT_EQ(parse_url("https://id.example?x")->target, "/?x");
  EXPECT_EQ(parse_url("http://[::1]:80/k")->host, "::1");
  EXPECT_EQ(parse_url("http://[::1]/k")->port, "80");
}

TEST(Url, IsNotGuessed) {
  for (const char* text : {"",
                           "https://",
                           "https:///keys",
                           "ftp://a/",
                           "//a/",
                           "https://u@a/",
                           "https://u:p@a/",
                           "https://a:0/",
                           "https://a:65536/",
                           "https://a:/",
                           "https://a:8x/",
                           "https://a/#k",
                           "https://a /",
                           "https://a/\r\nX: y",
                           "https://[::1",
                           "https://[]/",
                           "https://[::1]x/",
                           "https://a_b/",
                           "HTTPS://a/",
                           "https://\xc3\xa4/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("https://a/" + std::string(2048, 'x')));
}

TEST(Url, IsTrustworthyByTlsOrFromThisMachine) {
  for (const char* text : {"https://id.example/", "http://127.0.0.1:8/", "http://[::1]/", "http://localhost:1/"}) {
    EXPECT_TRUE(is_trustworthy(*parse_url(text))) << text;
  }
  for (const char* text :
       {"http://id.example/", "http://localhost.example/", "http://10.0.0.1/", "http://127.0.0.2/"}) {
    EXPECT_FALSE(is_trustworthy(*parse_url(text))) << text;
  }
}

TEST(Discovery, AsksBeneathTheIssuer) {
  EXPECT_EQ(discovery_url("https://id.example/"), "https://id.example/.well-known/openid-configuration");
  EXPECT_EQ(discovery_url(kIssuer), "https://id.example/realms/corp/.well-known/openid-configuration");
}

TEST(Discovery, FindsTheKeys) {
  const auto uri = jwks_uri(
      R"({"issuer":"https://id.example/realms/corp","jwks_uri":"https://keys.example/k","scopes_supported":["a"]})",
      kIssuer);
  ASSERT_TRUE(uri) << uri.error().message;
  EXPECT_EQ(*uri, "https://keys.example/k");
}

TEST(Discovery, BelievesOnlyADocumentOfTheIssuer) {
  for (const char* document :
       {R"({"issuer":"https://id.example/realms/corp/","jwks_uri":"https://a/"})",
        R"({"issuer":"https://id.example/realms/Corp","jwks_uri":"https://a/"})", R"({"jwks_uri":"https://a/"})",
        R"({"issuer":["https://id.example/realms/corp"],"jwks_uri":"https://a/"})"}) {
    EXPECT_EQ(jwks_uri(document, kIssuer).error().message, "the discovery document is of another issuer") << document;
  }
}

TEST(Discovery, RefusesAddressesThatCannotBeTrusted) {
  const auto refusal = [](const std::string& uri) {
    const auto found = jwks_uri(R"({"issuer":"https://id.example/realms/corp","jwks_uri":)" + uri + "}", kIssuer);
    return found ? "taken" : found.error().message;
  };
  EXPECT_EQ(refusal("\"http://keys.example/\""), "the discovery document names keys that come without TLS");
  for (const char* uri : {"\"file:///etc/passwd\"", "\"/keys\"", "7", "null", "\"https://a b/\""}) {
    EXPECT_EQ(refusal(uri), "the discovery document has no usable `jwks_uri`") << uri;
  }
}

TEST(Discovery, RefusesWhatIsNoDocument) {
  for (const char* document : {"", "[]", "<html>", R"({"issuer":"a","issuer":"b"})"}) {
    EXPECT_FALSE(jwks_uri(document, kIssuer)) << document;
  }
}

}  // namespace
}  // namespace mlgateway::jose
