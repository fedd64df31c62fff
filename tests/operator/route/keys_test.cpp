#include "operator/route/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/api/label_key.hpp"
#include "operator/route/key_entry.hpp"
#include "sidecar/config/digest.hpp"
#include "tests/operator/route/builders.hpp"

namespace mlgateway::route {
namespace {

using api::RefusedEntry;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Keys collect(const std::vector<ObservedSecret>& secrets) { return collect_keys(*observed("iris").good, secrets, kNow); }

std::vector<std::string> callers(const config::KeySet& set) {
  std::vector<std::string> found;
  for (const config::ApiKey& key : set.keys) found.push_back(key.name);
  return found;
}

TEST(Keys, AreDigestsOfEntriesInClearAndOfDigests) {
  const std::string digest = config::to_hex(config::sha256(kKeyB));
  const Keys keys = collect({secret("keys", {{"alice", kKeyA}, {"bob", "sha256:" + digest}})});
  ASSERT_THAT(keys.by_method.at(0), SizeIs(1));
  const config::KeySet& set = keys.by_method[0][0];
  EXPECT_EQ(set.keys, (std::vector<config::ApiKey>{{"alice", config::sha256(kKeyA)}, {"bob", config::sha256(kKeyB)}}));
  EXPECT_THAT(keys.problems, IsEmpty());
  EXPECT_EQ(keys.status.at(0).keys, 2);
}

TEST(Keys, CarryLabelsTenantAndExpiryOfTheirSecret) {
  ObservedSecret with_all = secret("keys", {{"alice", kKeyA}});
  with_all.secret.labels["mlgateway.io/tenant"] = "acme";
  with_all.secret.labels["plan"] = "gold";
  with_all.secret.annotations[kExpiresAnnotation] = "2024-03-01T00:00:00.5+01:00";
  const config::KeySet set = collect({with_all}).by_method.at(0).at(0);
  EXPECT_EQ(set.tenant, "acme");
  EXPECT_EQ(set.labels.at("plan"), "gold");
  EXPECT_EQ(set.expires, 1'709'247'600);
}

TEST(Keys, ComeFromTheRoutesNamespaceOnly) {
  ObservedSecret elsewhere = secret("keys", {{"alice", kKeyA}});
  elsewhere.secret.key.namespace_name = "other";
  const Keys keys = collect({elsewhere});
  EXPECT_THAT(keys.by_method.at(0), IsEmpty());
  EXPECT_EQ(keys.problems.at(0).reason, "SecretNotFound");
}

TEST(Keys, NeedSecretsWithAllTheLabels) {
  ObservedSecret other = secret("keys", {{"alice", kKeyA}});
  other.secret.labels["app"] = "other";
  EXPECT_EQ(collect({other}).problems.at(0).words,
            "method 'keys': no Secret in namespace 'default' has the labels app=iris");
}

TEST(Keys, OfASecretThatIsNotMeantForUsAreNotUsed) {
  ObservedSecret foreign = secret("database", {{"password", kKeyA}});
  foreign.secret.labels.erase(kUseLabel);
  const Keys keys = collect({foreign, secret("keys", {{"alice", kKeyB}})});
  EXPECT_THAT(keys.by_method.at(0), SizeIs(1));
  ASSERT_THAT(keys.problems, SizeIs(1));
  EXPECT_EQ(keys.problems[0].reason, "RefNotPermitted");
  EXPECT_THAT(keys.problems[0].words, HasSubstr("'database'"));
}

TEST(Keys, ThatCanBeGuessedAreRefusedByNameNeverByValue) {
  const Keys keys = collect({secret("keys", {{"alice", kKeyA}, {"bob", "fifteen-chars-x"}})});
  EXPECT_THAT(callers(keys.by_method.at(0).at(0)), ElementsAre("alice"));
  EXPECT_THAT(keys.status.at(0).refused, ElementsAre(RefusedEntry{"bob", "WeakKey"}));
  EXPECT_EQ(keys.problems.at(0).reason, "InvalidKeys");
  EXPECT_THAT(keys.problems[0].words, HasSubstr("'keys/bob'"));
  EXPECT_THAT(keys.problems[0].words, testing::Not(HasSubstr("fifteen")));
}

TEST(Keys, ThatTwoCallersShareOpenNothing) {
  const std::string digest = config::to_hex(config::sha256(kKeyA));
  const Keys keys =
      collect({secret("one", {{"alice", kKeyA}, {"bob", kKeyB}}), secret("two", {{"eve", "sha256:" + digest}})});
  EXPECT_THAT(callers(keys.by_method.at(0).at(0)), ElementsAre("bob"));
  EXPECT_THAT(callers(keys.by_method.at(0).at(1)), IsEmpty());
  EXPECT_THAT(keys.status.at(0).refused, ElementsAre(RefusedEntry{"alice", "DuplicateKey"}));
  EXPECT_THAT(keys.status.at(1).refused, ElementsAre(RefusedEntry{"eve", "DuplicateKey"}));
}

TEST(Keys, ThatTwoCallersOfOneSecretShareOpenNothing) {
  const Keys keys = collect({secret("one", {{"alice", kKeyA}, {"bob", kKeyA}})});
  EXPECT_THAT(keys.by_method.at(0).at(0).keys, IsEmpty());
  EXPECT_THAT(keys.status.at(0).refused, SizeIs(2));
}

TEST(Keys, WithAnExpiryThatCannotBeReadOpenNothing) {
  ObservedSecret unclear = secret("keys", {{"alice", kKeyA}});
  unclear.secret.annotations[kExpiresAnnotation] = "next year";
  const Keys keys = collect({unclear});
  EXPECT_THAT(keys.by_method.at(0).at(0).keys, IsEmpty());
  EXPECT_THAT(keys.status.at(0).refused, ElementsAre(RefusedEntry{"alice", "MalformedExpiry"}));
}

TEST(Keys, OfOneSecretBelongToTheFirstMethodThatSelectsIt) {
  api::MLRoute route = *observed("iris").good;
  route.methods.push_back(route.methods[0]);
  route.methods[1].name = "again";
  const Keys keys = collect_keys(route, {secret("keys", {{"alice", kKeyA}})}, kNow);
  EXPECT_THAT(keys.by_method.at(0), SizeIs(1));
  EXPECT_THAT(keys.by_method.at(1), IsEmpty());
  EXPECT_THAT(keys.problems.at(0).words, HasSubstr("method 'again' does not get its keys"));
}

TEST(Keys, TellThatASecretIsNotTheNewestVersion) {
  ObservedSecret old = secret("keys", {{"alice", kKeyA}});
  old.fault = "keys.yaml:9: data.bob: must be base64";
  const Keys keys = collect({old});
  EXPECT_THAT(callers(keys.by_method.at(0).at(0)), ElementsAre("alice"));
  EXPECT_EQ(keys.problems.at(0).reason, "SecretInvalid");
}

TEST(KeyEntry, ForgetsTheLineBreakThatEchoLeaves) {
  EXPECT_EQ(std::get<config::Digest>(read_key_entry(std::string(kKeyA) + "\n")), config::sha256(kKeyA));
}

TEST(KeyEntry, RefusesWhatNoFieldCanCarry) {
  EXPECT_EQ(std::get<std::string>(read_key_entry("a key with several spaces")), "MalformedKey");
  EXPECT_EQ(std::get<std::string>(read_key_entry("schlüssel-schlüssel")), "MalformedKey");
  EXPECT_EQ(std::get<std::string>(read_key_entry(std::string(5000, 'x'))), "MalformedKey");
  EXPECT_EQ(std::get<std::string>(read_key_entry("sha256:1234")), "MalformedDigest");
  EXPECT_EQ(std::get<std::string>(read_key_entry("")), "WeakKey");
}

TEST(LabelKey, IsANameOrADomainAndAName) {
  for (const char* key : {"app", "mlgateway.io/use", "a.b/c_d.e", "A1"}) EXPECT_TRUE(api::is_label_key(key)) << key;
  for (const char* key : {"", "/a", "a/", "-a", "a-", "A.b/c", "a..b/c", "a b", "a/b/c"})
    EXPECT_FALSE(api::is_label_key(key)) << key;
  EXPECT_FALSE(api::is_label_key(std::string(64, 'a')));
}

}  // namespace
}  // namespace mlgateway::route
