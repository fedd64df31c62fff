#include "sidecar/jose/claims.hpp"

#include <gtest/gtest.h>

#include "sidecar/jose/claim_path.hpp"

namespace mlgateway::jose {
namespace {

using namespace std::chrono_literals;

const WallTime kNow{1'800'000'000s};

ClaimRules rules() { return {"https://id.example/", {"models", "gateway"}, 30s}; }

// The reason of the refusal; "" when the claims are good. `more` replaces or adds members, null removes one.
std::string judge(const char* more, WallTime now = kNow) {
  auto claims = nlohmann::json::parse(R"({"iss":"https://id.example/","aud":"models","exp":1800000100})");
  claims.merge_patch(nlohmann::json::parse(more));
  const auto checked = check_claims(claims, rules(), now);
  return checked ? "" : std::string(name(checked.error().reason));
}

TEST(Claims, TakesWhatIsMeantForUsNow) {
  EXPECT_EQ(judge("{}"), "");
  EXPECT_EQ(judge(R"({"nbf":1799999999,"iat":1799999999,"sub":"x","scope":"a b"})"), "");
}

TEST(Claims, ComparesTheIssuerExactly) {
  for (const char* more :
       {R"({"iss":"https://id.example"})", R"({"iss":"HTTPS://id.example/"})", R"({"iss":null})",
        R"({"iss":["https://id.example/"]})", R"({"iss":""})", R"({"iss":"https://id.example/ "})"}) {
    EXPECT_EQ(judge(more), "TokenIssuerUnknown") << more;
  }
}

TEST(Claims, WantsOneOfTheAudiences) {
  EXPECT_EQ(judge(R"({"aud":"gateway"})"), "");
  EXPECT_EQ(judge(R"({"aud":["others","gateway"]})"), "");
  EXPECT_EQ(judge(R"({"aud":[]})"), "TokenAudienceMismatch");
  EXPECT_EQ(judge(R"({"aud":"others"})"), "TokenAudienceMismatch");
  EXPECT_EQ(judge(R"({"aud":"models gateway"})"), "TokenAudienceMismatch");
  EXPECT_EQ(judge(R"({"aud":null})"), "TokenAudienceMismatch");
  EXPECT_EQ(judge(R"({"aud":["models",7]})"), "TokenClaimsInvalid");
  EXPECT_EQ(judge(R"({"aud":{"models":true}})"), "TokenClaimsInvalid");
  EXPECT_EQ(judge(R"({"aud":true})"), "TokenClaimsInvalid");
}

TEST(Claims, EndAtTheirExpiryPlusTheLeeway) {
  EXPECT_EQ(judge("{}", kNow + 129s), "");
  EXPECT_EQ(judge("{}", kNow + 130s - 1ms), "");
  EXPECT_EQ(judge("{}", kNow + 130s), "CredentialExpired");
  const auto claims = nlohmann::json::parse(R"({"iss":"https://id.example/","aud":"models","exp":1800000100})");
  EXPECT_EQ(*check_claims(claims, rules(), kNow), kNow + 130s);
}

TEST(Claims, BeginAtNotBeforeMinusTheLeeway) {
  EXPECT_EQ(judge(R"({"nbf":1800000030})"), "");
  EXPECT_EQ(judge(R"({"nbf":1800000031})"), "TokenNotYetValid");
  EXPECT_EQ(judge(R"({"iat":1800000030})"), "");
  EXPECT_EQ(judge(R"({"iat":1800000031})"), "TokenNotYetValid");
}

TEST(Claims, MayHaveFractionsOfASecond) {
  EXPECT_EQ(judge(R"({"exp":1800000000.5})", kNow + 30s + 400ms), "");
  EXPECT_EQ(judge(R"({"exp":1800000000.5})", kNow + 30s + 500ms), "CredentialExpired");
  EXPECT_EQ(judge(R"({"exp":1.8000001e9})"), "");
  EXPECT_EQ(judge(R"({"nbf":1800000030.5})"), "TokenNotYetValid");
}

TEST(Claims, WantAnExpiryThatIsADate) {
  for (const char* exp : {"null", "\"1800000100\"", "true", "[1800000100]", "{}", "-1", "-0.5", "253402300800", "1e300",
                          "18446744073709551615", "9223372036854775807", "1800000100000"}) {
    EXPECT_EQ(judge((R"({"exp":)" + std::string(exp) + "}").c_str()), "TokenClaimsInvalid") << exp;
  }
  EXPECT_EQ(judge(R"({"exp":253402300799})"), "");
  EXPECT_EQ(judge(R"({"exp":0})"), "CredentialExpired");
}

TEST(Claims, RefuseDatesThatAreNone) {
  for (const char* more : {R"({"nbf":"1"})", R"({"iat":"1"})", R"({"nbf":-1})", R"({"iat":1e300})", R"({"nbf":[]})"}) {
    EXPECT_EQ(judge(more), "TokenClaimsInvalid") << more;
  }
}

TEST(Claims, AreAnObjectWithoutDuplicates) {
  EXPECT_TRUE(read_claims(R"({"a":1})"));
  for (const char* text : {"", "[]", "7", R"({"iss":"a","iss":"b"})", R"({"a":{"b":1,"b":2}})", R"({"a":1e999})",
                           R"({"a":1}{})", "{\"a\":\"\xff\"}", R"({"a":nan})"}) {
    const auto claims = read_claims(text);
    ASSERT_FALSE(claims) << text;
    EXPECT_EQ(claims.error().reason, Reason::TokenMalformed);
  }
  EXPECT_FALSE(read_claims(R"({"a":)" + std::string(20, '[') + std::string(20, ']') + "}"));
}

TEST(ClaimPath, FindsClaimsByNameAndByPointer) {
  const auto claims = nlohmann::json::parse(
      R"({"sub":"a","https://x.example/org":"b","realm":{"team":"c","roles":["d","e"]},"a.b":"f","/odd":"g"})");
  const auto text = [&](std::string_view path) {
    const auto* const found = find_claim(claims, path);
    return found ? found->dump() : "none";
  };
  EXPECT_EQ(text("sub"), "\"a\"");
  EXPECT_EQ(text("https://x.example/org"), "\"b\"");
  EXPECT_EQ(text("/realm/team"), "\"c\"");
  EXPECT_EQ(text("/realm/roles/1"), "\"e\"");
  EXPECT_EQ(text("a.b"), "\"f\"");
  EXPECT_EQ(text("/~1odd"), "\"g\"");
  for (const char* path : {"", "realm.team", "/realm/none", "/realm/roles/2", "/realm/roles/x", "/realm/roles/-",
                           "/realm/roles/01", "/~2", "/sub/x", "team"}) {
    EXPECT_EQ(text(path), "none") << path;
  }
}

TEST(ClaimPath, MakesLabelsOfPlainValuesOnly) {
  const auto label = [](const char* json) { return label_of(nlohmann::json::parse(json), 8).value_or("none"); };
  EXPECT_EQ(label(R"("gold")"), "gold");
  EXPECT_EQ(label("42"), "42");
  EXPECT_EQ(label("true"), "true");
  for (const char* json : {"null", "1.5", "[\"gold\"]", "{}", R"("too-long-")", R"("a\nb")", R"("\u0000")"}) {
    EXPECT_EQ(label(json), "none") << json;
  }
}

}  // namespace
}  // namespace mlgateway::jose
