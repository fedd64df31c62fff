#include "sidecar/jose/compact.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/jose/signer.hpp"

namespace mlgateway::jose {
namespace {

std::string with_header(std::string_view header, std::string_view payload = "{}", std::string_view signature = "x") {
  return encode_base64url(header) + "." + encode_base64url(payload) + "." + encode_base64url(signature);
}

// The reason for which a token with this header is not even looked at further; "" when it is.
std::string refusal(std::string_view header) {
  const auto token = parse_compact(with_header(header));
  return token ? "" : std::string(name(token.error().reason));
}

TEST(Compact, TakesATokenApart) {
  const std::string text = with_header(R"({"alg":"ES256","kid":"a"})", R"({"iss":"i"})", "signed");
  const auto token = parse_compact(text);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->algorithm, Algorithm::ES256);
  EXPECT_EQ(token->key_id, "a");
  EXPECT_EQ(token->payload, R"({"iss":"i"})");
  EXPECT_EQ(token->signature, "signed");
  EXPECT_EQ(std::string(token->signing_input) + "." + encode_base64url("signed"), text);
}

TEST(Compact, KnowsItsShape) {
  EXPECT_TRUE(has_compact_shape("a.b.c"));
  EXPECT_TRUE(has_compact_shape("a.b."));
  for (const char* text : {"", ".", "..", "a.b", ".b.c", "a..c", "a.b.c.d", "a.b.c.d.e", "a b.c.d", "key-0123456789"}) {
    EXPECT_FALSE(has_compact_shape(text)) << text;
  }
}

// RFC 8725 section 2.1, and RFC 7518 section 3.6: nothing is trusted because it says so itself.
TEST(Compact, RefusesUnsignedAndSymmetricTokens) {
  for (const char* algorithm : {"none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "rs256", "RS256 ", "",
                                "ES256K", "RSA1_5", "dir", "ES521", "Ed448"}) {
    EXPECT_EQ(refusal(R"({"alg":")" + std::string(algorithm) + R"("})"), "TokenAlgorithmNotAllowed") << algorithm;
  }
  EXPECT_EQ(refusal(R"({"alg":null})"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":["RS256"]})"), "TokenMalformed");
  EXPECT_EQ(refusal("{}"), "TokenMalformed");
}

TEST(Compact, RefusesExtensionsThatMustBeUnderstood) {
  EXPECT_EQ(refusal(R"({"alg":"RS256","crit":["exp"],"exp":1})"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"RS256","crit":[]})"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"RS256","crit":null})"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"RS256","b64":false})"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"RS256","b64":true})"), "TokenMalformed");
}

TEST(Compact, RefusesMembersThatStandTwice) {
  EXPECT_EQ(refusal(R"({"alg":"RS256","alg":"RS256"})"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"none","\u0061lg":"RS256"})"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"RS256","jwk":{"kty":"RSA","kty":"EC"}})"), "TokenMalformed");
}

TEST(Compact, TakesTheTypesThatAccessTokensHave) {
  for (const char* type : {"JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt"}) {
    EXPECT_EQ(refusal(R"({"alg":"RS256","typ":")" + std::string(type) + R"("})"), "") << type;
  }
}

// RFC 8725 section 2.8: a token that was made for another purpose.
TEST(Compact, RefusesTokensOfAnotherType) {
  for (const char* type : {"logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE", "application/", "", "text/jwt"}) {
    EXPECT_EQ(refusal(R"({"alg":"RS256","typ":")" + std::string(type) + R"("})"), "TokenMalformed") << type;
  }
  EXPECT_EQ(refusal(R"({"alg":"RS256","typ":1})"), "TokenMalformed");
}

TEST(Compact, RefusesHeadersThatAreNotWhatTheyShouldBe) {
  EXPECT_EQ(refusal(""), "TokenMalformed");
  EXPECT_EQ(refusal("[]"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"RS256"} )"
                    "{}"),
            "TokenMalformed");
  EXPECT_EQ(refusal(std::string_view("{\"alg\":\"RS256\"}\0", 16)), "TokenMalformed");
  EXPECT_EQ(refusal("{\"alg\":\"RS256\",\"kid\":\"\xff\"}"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"RS256","kid":7})"), "TokenMalformed");
  EXPECT_EQ(refusal(R"({"alg":"RS256","x":1e999})"), "TokenMalformed");
}

TEST(Compact, BoundsDepthMembersAndSize) {
  EXPECT_EQ(refusal(R"({"alg":"RS256","x":[[[0]]]})"), "");
  EXPECT_EQ(refusal(R"({"alg":"RS256","x":[[[[0]]]]})"), "TokenMalformed");
  std::string many = R"({"alg":"RS256")";
  for (int i = 0; i < 32; ++i) many += ",\"m" + std::to_string(i) + "\":0";
  EXPECT_EQ(refusal(many + "}"), "TokenMalformed");
  EXPECT_TRUE(parse_compact(with_header(R"({"alg":"RS256"})", std::string(12000, 'x'))));
  EXPECT_FALSE(parse_compact(with_header(R"({"alg":"RS256"})", std::string(12300, 'x'))));
}

TEST(Compact, RefusesPartsThatAreNotBase64Url) {
  const std::string header = encode_base64url(R"({"alg":"RS256"})");
  for (const std::string& rest : {std::string(".e30=.eA"), std::string(".e31.eA"), std::string(".e30.eB"),
                                  std::string(".e30.eA.eA"), std::string(".e30"), std::string(".e3 0.eA")}) {
    EXPECT_FALSE(parse_compact(header + rest)) << rest;
  }
  EXPECT_TRUE(parse_compact(header + ".e30.eA"));
  EXPECT_FALSE(parse_compact(header + "=.e30.eA"));
}

}  // namespace
}  // namespace mlgateway::jose
