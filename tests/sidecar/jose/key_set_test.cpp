#include "sidecar/jose/key_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sidecar/jose/signer.hpp"

namespace mlgateway::jose {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string set_of(const std::string& keys) { return R"({"keys":[)" + keys + "]}"; }

// What is said about the only key of a set, which is left out.
std::string fault_of(const std::string& key) {
  const auto set = read_key_set(set_of(key));
  if (!set) return "refused: " + set.error().message;
  return set->unusable.size() == 1 && set->keys.empty() ? set->unusable.front() : "usable";
}

TEST(KeySet, ReadsAKeyOfEachType) {
  for (const Algorithm algorithm :
       {Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA}) {
    const auto set = read_key_set(Signer(algorithm).key_set());
    ASSERT_TRUE(set) << set.error().message;
    ASSERT_EQ(set->keys.size(), 1u);
    EXPECT_EQ(set->keys[0].type, key_type_of(algorithm));
    EXPECT_EQ(set->keys[0].id, "k1");
    EXPECT_FALSE(set->keys[0].algorithm);
  }
}

TEST(KeySet, IsNotJudgedByItsOrnaments) {
  const Signer signer(Algorithm::ES256);
  EXPECT_EQ(fault_of(signer.jwk(R"(,"use":"sig","key_ops":["verify"],"x5t":"abc","exp":1)")), "usable");
}

TEST(KeySet, LeavesOutKeysThatCannotBeUsedAndKeepsTheOthers) {
  const Signer good(Algorithm::EdDSA, "good");
  const auto set = read_key_set(set_of(R"({"kty":"RSA"},)" + good.jwk() + R"(,{"kty":"oct","k":"AAAA"})"));
  ASSERT_TRUE(set);
  ASSERT_EQ(set->keys.size(), 1u);
  EXPECT_EQ(set->keys[0].id, "good");
  EXPECT_THAT(set->unusable, ElementsAre("keys[0]: `n` and `e` of an RSA key must be base64url",
                                         "keys[2]: is of a type that is not known"));
}

TEST(KeySet, LeavesOutKeysForOtherPurposes) {
  const Signer signer(Algorithm::ES256);
  EXPECT_THAT(fault_of(signer.jwk(R"(,"use":"enc")")), HasSubstr("not for verifying"));
  EXPECT_THAT(fault_of(signer.jwk(R"(,"key_ops":["encrypt"])")), HasSubstr("not for verifying"));
  EXPECT_THAT(fault_of(signer.jwk(R"(,"key_ops":"verify")")), HasSubstr("not for verifying"));
  EXPECT_THAT(fault_of(signer.jwk(R"(,"alg":"ECDH-ES")")), HasSubstr("`alg`"));
  EXPECT_THAT(fault_of(signer.jwk(R"(,"alg":"HS256")")), HasSubstr("`alg`"));
  EXPECT_THAT(fault_of(signer.jwk(R"(,"alg":7)")), HasSubstr("`alg`"));
}

TEST(KeySet, LeavesOutAnAlgorithmThatIsAnotherTypesOfKey) {
  EXPECT_EQ(fault_of(Signer(Algorithm::ES256).jwk(R"(,"alg":"RS256")")), "keys[0]: `alg` is not for keys of this type");
  EXPECT_EQ(fault_of(Signer(Algorithm::ES256).jwk(R"(,"alg":"ES384")")), "keys[0]: `alg` is not for keys of this type");
}

TEST(KeySet, LeavesOutWeakAndOversizedRsaKeys) {
  EXPECT_THAT(fault_of(Signer(Algorithm::RS256, "k1", 1024).jwk()), HasSubstr("at least 2048"));
  const std::string n = encode_base64url("\x81" + std::string(255, '\x11'));
  const auto rsa = [](const std::string& modulus, std::string_view e) {
    return R"({"kty":"RSA","n":")" + modulus + R"(","e":")" + encode_base64url(e) + R"("})";
  };
  EXPECT_EQ(fault_of(rsa(n, "\x01\x00\x01")), "keys[0]: an RSA key has an odd modulus and an odd exponent above 1");
  EXPECT_EQ(fault_of(rsa(n, std::string_view("\x01\x00\x01", 3))), "usable");
  EXPECT_THAT(fault_of(rsa(n, "\x01")), HasSubstr("above 1"));
  EXPECT_THAT(fault_of(rsa(n, "\x02")), HasSubstr("odd exponent"));
  EXPECT_THAT(fault_of(rsa(n, "")), HasSubstr("odd exponent"));
  EXPECT_THAT(fault_of(rsa(n, std::string(9, '\x03'))), HasSubstr("at most 64"));
  EXPECT_THAT(fault_of(rsa(encode_base64url("\x81" + std::string(1024, '\x11')), "\x03")), HasSubstr("at most 8192"));
  EXPECT_THAT(fault_of(rsa(encode_base64url("\x81" + std::string(255, '\x10')), "\x03")), HasSubstr("odd modulus"));
}

TEST(KeySet, LeavesOutPointsThatAreNotOnTheCurve) {
  const std::string x(encode_base64url(std::string(32, '\x01')));
  EXPECT_EQ(fault_of(R"({"kty":"EC","crv":"P-256","x":")" + x + R"(","y":")" + x + R"("})"),
            "keys[0]: x and y are no point on P-256");
  EXPECT_THAT(fault_of(R"({"kty":"EC","crv":"P-384","x":")" + x + R"(","y":")" + x + R"("})"), HasSubstr("48 bytes"));
  EXPECT_THAT(fault_of(R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})"), HasSubstr("`crv`"));
  EXPECT_THAT(fault_of(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"), HasSubstr("32 bytes"));
  EXPECT_THAT(fault_of(R"({"kty":"OKP","crv":"X25519","x":"AAAA"})"), HasSubstr("not known"));
}

TEST(KeySet, LeavesOutWhatIsNoKey) {
  EXPECT_EQ(fault_of("7"), "keys[0]: is not an object");
  EXPECT_EQ(fault_of("{}"), "keys[0]: has no `kty`");
  EXPECT_THAT(fault_of(Signer(Algorithm::EdDSA).jwk().substr(0, 1) + R"("kty":"OKP","crv":"Ed25519","kid":7})"),
              HasSubstr("`kid`"));
}

TEST(KeySet, IsRefusedWholeWhenItShowsAPrivateKey) {
  const Signer good(Algorithm::EdDSA);
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth"}) {
    const std::string with = good.jwk(R"(,")" + std::string(member) + R"(":"AAAA")");
    const auto set = read_key_set(set_of(good.jwk() + "," + with));
    ASSERT_FALSE(set) << member;
    EXPECT_THAT(set.error().message, HasSubstr("keys[1] has the private member `" + std::string(member) + "`"));
  }
}

TEST(KeySet, IsRefusedWholeWhenItIsNoSet) {
  for (const char* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[],"keys":[]})", "null", R"({"keys":[]} x)",
                           "\xef\xbb\xbf{\"keys\":[]}"}) {
    EXPECT_FALSE(read_key_set(text)) << text;
  }
  EXPECT_FALSE(read_key_set(std::string_view("{\"keys\":[]}\0", 12)));
  EXPECT_TRUE(read_key_set(R"({"keys":[]})"));
}

TEST(KeySet, IsBoundedInBytesKeysMembersAndDepth) {
  std::string keys = "{}";
  for (std::size_t i = 1; i < kMostKeys; ++i) keys += ",{}";
  EXPECT_TRUE(read_key_set(set_of(keys)));
  EXPECT_FALSE(read_key_set(set_of(keys + ",{}")));
  EXPECT_FALSE(read_key_set(set_of("") + std::string(kMostKeySetBytes, ' ')));
  EXPECT_FALSE(read_key_set(R"({"keys":[],"x":)" + std::string(20, '[') + std::string(20, ']') + "}"));
  std::string many = R"({"keys":[])";
  for (int i = 0; i < 5000; ++i) many += ",\"m" + std::to_string(i) + "\":0";
  EXPECT_FALSE(read_key_set(many + "}"));
}

}  // namespace
}  // namespace mlgateway::jose
