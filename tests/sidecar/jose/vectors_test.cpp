// Signatures and keys that others wrote: Wycheproof's and the JOSE cookbook's (RFC 7520).
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sidecar/jose/verify.hpp"

namespace mlgateway::jose {
namespace {

using Json = nlohmann::json;

const std::filesystem::path kVectors = std::filesystem::path(PROJECT_ROOT) / ".." / "shared" / "vectors";

Json read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  EXPECT_TRUE(stream) << file << " is missing; the vectors belong to the tests";
  std::stringstream text;
  text << stream.rdbuf();
  return Json::parse(text.str());
}

bool accepts(const Json& key, const std::string& text) {
  const auto keys = read_key_set(Json{{"keys", {key}}}.dump());
  const auto token = parse_compact(text);
  return keys && token && verify(*token, *keys);
}

Json without_private_members(Json key) {
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth"}) key.erase(member);
  return key;
}

constexpr const char* kSymmetric = "an HMAC; symmetric algorithms are never accepted";
constexpr const char* kStrictAlg = "the key says PS256 and the token PS384; a key is held to its algorithm";
constexpr const char* kEs521 = "the key says ES521, which is no registered algorithm (RFC 7518 has ES512)";
constexpr const char* kAsItStands = "the bytes are canonical base64url as they stand, and the signature is of them";
constexpr const char* kInserted = "a character outside of the alphabet is inserted; base64url is read strictly";

// Cases whose verdict is another here than Wycheproof's, each with the reason.
const std::map<int, const char*> kOtherVerdict = {
    {346, kStrictAlg},  {350, kStrictAlg},  {347, kEs521},    {351, kEs521},
    {367, kAsItStands}, {370, kAsItStands}, {372, kInserted}, {373, kInserted},
};

TEST(Wycheproof, AgreesOnEveryCaseButTheNamed) {
  const Json suite = read(kVectors / "wycheproof" / "testvectors_v1" / "json_web_signature_test.json");
  int judged = 0;
  int symmetric = 0;
  for (const Json& group : suite.at("testGroups")) {
    const bool is_symmetric = !group.contains("public");
    const Json& key = is_symmetric ? group.at("private") : group.at("public");
    for (const Json& test : group.at("tests")) {
      const int id = test.at("tcId");
      const bool accepted = accepts(key, test.at("jws"));
      if (is_symmetric) {
        ++symmetric;
        EXPECT_FALSE(accepted) << id << ": " << kSymmetric;
        continue;
      }
      ++judged;
      const auto other = kOtherVerdict.find(id);
      const bool expected = (test.at("result") == "valid") == (other == kOtherVerdict.end());
      EXPECT_EQ(accepted, expected) << id << ": " << test.at("comment") << (other == kOtherVerdict.end() ? "" : " ")
                                    << (other == kOtherVerdict.end() ? "" : other->second);
    }
  }
  EXPECT_EQ(judged + symmetric, suite.at("numberOfTests").get<int>());
  EXPECT_EQ(symmetric, 40);
}

// What the cookbook signs by a public key is accepted in compact form; its HMACs are not.
TEST(JoseCookbook, AcceptsItsSignaturesInCompactForm) {
  int accepted = 0;
  for (const char* folder : {"jws", "curve25519"}) {
    for (const auto& entry : std::filesystem::directory_iterator(kVectors / "jose-cookbook" / folder)) {
      if (entry.path().extension() != ".json") continue;
      const Json example = read(entry.path());
      if (!example.at("input").contains("key") || !example.at("output").contains("compact")) continue;
      const Json& key = example.at("input").at("key");
      if (!key.is_object()) continue;
      const bool by_public_key = example.contains("signing") && key.at("kty") != "oct";
      EXPECT_EQ(accepts(without_private_members(key), example.at("output").at("compact")), by_public_key)
          << entry.path();
      accepted += by_public_key;
    }
  }
  EXPECT_EQ(accepted, 4);  // RS256, PS384, ES512, EdDSA
}

// JWE, b64=false and the JSON serialisations are no compact JWS.
TEST(JoseCookbook, RefusesEverythingElse) {
  int refused = 0;
  const auto refuse = [&](const std::string& text, const std::filesystem::path& file) {
    EXPECT_FALSE(parse_compact(text)) << file;
    ++refused;
  };
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kVectors / "jose-cookbook")) {
    if (entry.path().extension() != ".json") continue;
    const Json example = read(entry.path());
    if (!example.contains("output")) continue;
    const bool encrypted = example.contains("encrypting_content") || !example.contains("signing");
    for (const auto& [form, value] : example.at("output").items()) {
      if (value.is_object()) refuse(value.dump(), entry.path());
      if (form == "compact" && encrypted) refuse(value, entry.path());
    }
  }
  EXPECT_GE(refused, 40);
}

TEST(JoseCookbook, ReadsItsPublicKeysAndRefusesItsPrivateOnes) {
  const auto read_one = [](const char* file) {
    return read_key_set(Json{{"keys", {read(kVectors / "jose-cookbook" / "jwk" / file)}}}.dump());
  };
  for (const char* file : {"3_1.ec_public_key.json", "3_3.rsa_public_key.json"}) {
    const auto set = read_one(file);
    ASSERT_TRUE(set) << file;
    EXPECT_EQ(set->keys.size(), 1u) << file;
  }
  EXPECT_FALSE(read_one("3_2.ec_private_key.json"));
  EXPECT_FALSE(read_one("3_4.rsa_private_key.json"));
  for (const char* file : {"3_5.symmetric_key_mac_computation.json", "3_6.symmetric_key_encryption.json"}) {
    const auto set = read_one(file);
    ASSERT_TRUE(set) << file;
    EXPECT_TRUE(set->keys.empty()) << file;
  }
}

}  // namespace
}  // namespace mlgateway::jose
