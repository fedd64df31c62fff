#include "sidecar/auth/key_ring.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/config/routes.hpp"

namespace mlgateway::auth {
namespace {

jose::KeySet key_set() { return jose::read_key_set(config::kPublicKeys).value(); }

KeyOrigin origin(const std::string& url) {
  KeyOrigin made{"https://id.example/", {}};
  made.remote.url = url;
  return made;
}

TEST(KeyRing, IsEmptyUntilKeysArePutIn) {
  KeyRing ring;
  EXPECT_EQ(ring.current(), nullptr);
  EXPECT_EQ(ring.number(), 0u);
  ring.put(key_set());
  EXPECT_EQ(ring.current()->set.keys.size(), 1u);
  EXPECT_EQ(ring.number(), ring.current()->number);
  ring.clear();
  EXPECT_EQ(ring.current(), nullptr);
  EXPECT_EQ(ring.number(), 0u);
}

TEST(KeyRing, NumbersItsKeysSoThatNoTwoAreTheSame) {
  KeyRing one;
  KeyRing two;
  one.put(key_set());
  const auto first = one.number();
  two.put(key_set());
  one.put(key_set());
  EXPECT_NE(one.number(), first);
  EXPECT_NE(one.number(), two.number());
}

TEST(KeyRing, LeavesOldKeysToWhoLooksAtThem) {
  KeyRing ring;
  ring.put(key_set());
  const auto held = ring.current();
  ring.clear();
  EXPECT_EQ(held->set.keys.size(), 1u);
}

TEST(KeyRing, TellsOfTheFirstUnknownKeyOnly) {
  KeyRing ring;
  int told = 0;
  ring.miss();
  EXPECT_TRUE(ring.take_miss());
  ring.on_miss([&] { ++told; });
  for (int i = 0; i < 10; ++i) ring.miss();
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(ring.take_miss());
  ring.miss();
  EXPECT_EQ(told, 2);
  ring.on_miss(nullptr);
  ring.take_miss();
  ring.miss();
  EXPECT_EQ(told, 2);
}

TEST(KeyRings, HaveOneRingForAnOriginUntilItIsForgotten) {
  KeyRings rings;
  const auto a = rings.ring(origin("https://a/"));
  EXPECT_EQ(rings.ring(origin("https://a/")), a);
  EXPECT_NE(rings.ring(origin("https://b/")), a);
  auto other_issuer = origin("https://a/");
  other_issuer.issuer = "https://other.example/";
  EXPECT_NE(rings.ring(other_issuer), a);
  rings.retain({origin("https://b/")});
  EXPECT_NE(rings.ring(origin("https://a/")), a);
}

TEST(KeyOrigins, AreThoseOfAllMethodsEachOnce) {
  auto remote = config::token_rules("https://id.example/", "");
  remote.remote = config::RemoteKeys{};
  remote.remote->url = "https://a/";
  const std::vector<config::AuthMethod> methods = {config::token_method(), config::token_method(remote),
                                                   config::anonymous_method()};
  const auto once = key_origins(methods);
  ASSERT_EQ(once.size(), 1u);
  EXPECT_EQ(once[0].remote.url, "https://a/");
  EXPECT_EQ(key_origins(methods, once), once);
}

}  // namespace
}  // namespace mlgateway::auth
