#include "sidecar/jose/verify.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/jose/signer.hpp"

namespace mlgateway::jose {
namespace {

std::vector<Algorithm> all_algorithms() {
  std::vector<Algorithm> all;
  for (std::size_t i = 0; i < kAlgorithmCount; ++i) all.push_back(static_cast<Algorithm>(i));
  return all;
}

// The reason of the refusal; "" when the token is good.
std::string judge(const std::string& text, const std::string& key_set) {
  const auto keys = read_key_set(key_set);
  if (!keys) return "no key set: " + keys.error().message;
  const auto token = parse_compact(text);
  if (!token) return std::string(name(token.error().reason));
  const Status verified = verify(*token, *keys);
  return verified ? "" : std::string(name(verified.error().reason));
}

std::string set_of(std::initializer_list<std::string> jwks) {
  std::string text;
  for (const std::string& jwk : jwks) text += (text.empty() ? "" : ",") + jwk;
  return R"({"keys":[)" + text + "]}";
}

TEST(Verify, TakesWhatTheOwnerOfTheKeySigned) {
  for (const Algorithm algorithm : all_algorithms()) {
    const Signer signer(algorithm);
    EXPECT_EQ(judge(signer.token("{}"), signer.key_set()), "") << name(algorithm);
  }
}

TEST(Verify, RefusesEveryChangedBitOfTheSignatureAndOneOfThePayload) {
  for (const Algorithm algorithm : {Algorithm::ES256, Algorithm::EdDSA}) {
    const Signer signer(algorithm);
    const auto keys = read_key_set(signer.key_set());
    const std::string text = signer.token("{}");
    auto token = parse_compact(text);
    ASSERT_TRUE(verify(*token, *keys));
    for (std::size_t bit = 0; bit < token->signature.size() * 8; ++bit) {
      token->signature[bit / 8] = static_cast<char>(token->signature[bit / 8] ^ 1 << bit % 8);
      EXPECT_FALSE(verify(*token, *keys)) << name(algorithm) << " bit " << bit;
      token->signature[bit / 8] = static_cast<char>(token->signature[bit / 8] ^ 1 << bit % 8);
    }
    const std::string other =
        encode_base64url(signer.header()) + "." + encode_base64url("{ }") + text.substr(text.rfind('.'));
    EXPECT_EQ(judge(other, signer.key_set()), "TokenSignatureInvalid");
  }
}

// RFC 8725 section 3.1: each key is used with one algorithm, whatever the token would like.
TEST(Verify, HoldsAKeyToItsType) {
  for (const Algorithm owner : {Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA}) {
    const Signer signer(owner);
    for (const Algorithm claimed : all_algorithms()) {
      if (key_type_of(claimed) == key_type_of(owner)) continue;
      const std::string header = R"({"alg":")" + std::string(name(claimed)) + R"(","kid":"k1"})";
      EXPECT_EQ(judge(signer.token(header, "{}"), signer.key_set()), "TokenKeyUnknown") << name(claimed);
    }
  }
}

TEST(Verify, HoldsAKeyToItsAlgorithm) {
  const Signer signer(Algorithm::PS256);
  EXPECT_EQ(judge(signer.token("{}"), signer.key_set(R"(,"alg":"PS256")")), "");
  EXPECT_EQ(judge(signer.token("{}"), signer.key_set(R"(,"alg":"RS256")")), "TokenKeyUnknown");
  EXPECT_EQ(judge(signer.token(R"({"alg":"RS256"})", "{}"), signer.key_set()), "TokenSignatureInvalid");
}

// The public key taken for the secret of an HMAC: no token of an HMAC is looked at.
TEST(Verify, NeverComputesAnHmac) {
  const Signer signer(Algorithm::RS256);
  EXPECT_EQ(judge(signer.token(R"({"alg":"HS256","kid":"k1"})", "{}"), signer.key_set()), "TokenAlgorithmNotAllowed");
  EXPECT_EQ(judge(signer.token(R"({"alg":"none"})", "{}"), signer.key_set()), "TokenAlgorithmNotAllowed");
  const std::string unsigned_token = encode_base64url(R"({"alg":"none"})") + ".e30.";
  EXPECT_EQ(judge(unsigned_token, signer.key_set()), "TokenAlgorithmNotAllowed");
}

// CVE-2018-0114 and its kin: whoever brings his own key brings nothing.
TEST(Verify, IgnoresKeysThatATokenBringsAlong) {
  const Signer trusted(Algorithm::ES256);
  const Signer attacker(Algorithm::ES256);
  for (const std::string& more :
       {R"("jwk":)" + attacker.jwk(), std::string(R"("jku":"https://evil.example/keys")"),
        std::string(R"("x5u":"https://evil.example/cert")"), std::string(R"("x5c":["AA=="])")}) {
    const std::string header = R"({"alg":"ES256","kid":"k1",)" + more + "}";
    EXPECT_EQ(judge(attacker.token(header, "{}"), trusted.key_set()), "TokenSignatureInvalid") << more;
    EXPECT_EQ(judge(trusted.token(header, "{}"), trusted.key_set()), "") << more;
  }
}

TEST(Verify, RefusesEcdsaSignaturesThatAreNotRAndSOfExactLength) {
  const Signer signer(Algorithm::ES256);
  const auto keys = read_key_set(signer.key_set());
  const std::string text = signer.token("{}");
  auto token = parse_compact(text);
  const std::string good = token->signature;
  const std::string zeros(64, '\0');
  for (const std::string& bad : {good.substr(0, 63), good + '\0', std::string(), zeros, good.substr(0, 32),
                                 std::string(1, '\0') + good, good.substr(0, 32) + '\0' + good.substr(32)}) {
    token->signature = bad;
    EXPECT_FALSE(verify(*token, *keys)) << bad.size();
  }
  token->signature = good;
  EXPECT_TRUE(verify(*token, *keys));
}

TEST(Verify, RefusesDerWhereRawSignaturesBelong) {
  const Signer signer(Algorithm::ES256);
  const std::string der = "\x30\x06\x02\x01\x01\x02\x01\x01";
  const std::string input = encode_base64url(signer.header()) + ".e30";
  EXPECT_EQ(judge(input + "." + encode_base64url(der), signer.key_set()), "TokenSignatureInvalid");
}

TEST(Verify, AcceptsOnlyPssSaltsAsLongAsTheHash) {
  const Signer signer(Algorithm::PS256);
  const Signer other(Algorithm::PS384);
  EXPECT_EQ(judge(signer.token(R"({"alg":"PS384"})", "{}"), signer.key_set()), "TokenSignatureInvalid");
  EXPECT_EQ(judge(other.token("{}"), signer.key_set()), "TokenSignatureInvalid");
}

TEST(Verify, GoesByTheNameOfTheKeyWhereThereIsOne) {
  const Signer first(Algorithm::ES256, "a");
  const Signer second(Algorithm::ES256, "b");
  const std::string both = set_of({first.jwk(), second.jwk()});
  EXPECT_EQ(judge(first.token("{}"), both), "");
  EXPECT_EQ(judge(second.token("{}"), both), "");
  EXPECT_EQ(judge(second.token(R"({"alg":"ES256","kid":"a"})", "{}"), both), "TokenSignatureInvalid");
  EXPECT_EQ(judge(second.token(R"({"alg":"ES256","kid":"c"})", "{}"), both), "TokenKeyUnknown");
  EXPECT_EQ(judge(second.token(R"({"alg":"ES256"})", "{}"), both), "");
}

TEST(Verify, TriesKeysWithTheSameNameThatFit) {
  const Signer one(Algorithm::ES256, "a");
  const Signer two(Algorithm::ES256, "a");
  const Signer three(Algorithm::EdDSA, "a");
  const std::string all = set_of({one.jwk(), two.jwk(), three.jwk()});
  for (const Signer* signer : {&one, &two, &three}) EXPECT_EQ(judge(signer->token("{}"), all), "");
}

TEST(Verify, TriesAKeyWithoutANameForEveryToken) {
  const Signer signer(Algorithm::EdDSA);
  const std::string nameless = "{" + signer.public_members() + "}";
  EXPECT_EQ(judge(signer.token("{}"), set_of({nameless})), "");
}

TEST(Verify, LetsNoTokenKeepAProcessorBusy) {
  const Signer signer(Algorithm::ES256);
  const Signer other(Algorithm::ES256, "other");
  std::string keys;
  for (std::size_t i = 0; i < kMostTries; ++i) keys += other.jwk() + ",";
  EXPECT_EQ(judge(signer.token(R"({"alg":"ES256"})", "{}"), set_of({keys + signer.jwk()})), "TokenSignatureInvalid");
  EXPECT_EQ(judge(signer.token("{}"), set_of({keys + signer.jwk()})), "");
}

}  // namespace
}  // namespace mlgateway::jose
