#include "sidecar/auth/failures.hpp"

#include <string>

#include <gtest/gtest.h>

namespace mlgateway::auth {
namespace {

using namespace std::chrono_literals;

const WallTime kNow{1'800'000'000s};

void fail(Failures& failures, const char* client, int times, WallTime now = kNow) {
  for (int i = 0; i < times; ++i) failures.count(client, now);
}

TEST(Failures, AreTooManyAfterTheBurst) {
  Failures failures;
  fail(failures, "192.0.2.1", Failures::kBurst - 1);
  EXPECT_FALSE(failures.too_many("192.0.2.1", kNow));
  fail(failures, "192.0.2.1", 1);
  EXPECT_TRUE(failures.too_many("192.0.2.1", kNow));
  EXPECT_FALSE(failures.too_many("192.0.2.2", kNow));
}

TEST(Failures, AreForgivenOneByOne) {
  Failures failures;
  fail(failures, "192.0.2.1", Failures::kBurst);
  EXPECT_TRUE(failures.too_many("192.0.2.1", kNow + Failures::kEach - 1ms));
  EXPECT_FALSE(failures.too_many("192.0.2.1", kNow + Failures::kEach));
  fail(failures, "192.0.2.1", 1, kNow + Failures::kEach);
  EXPECT_TRUE(failures.too_many("192.0.2.1", kNow + Failures::kEach));
  EXPECT_FALSE(failures.too_many("192.0.2.1", kNow + Failures::kBurst * Failures::kEach));
}

TEST(Failures, AreForgivenAsSoonHoweverManyThereWere) {
  Failures failures;
  fail(failures, "192.0.2.1", 50 * Failures::kBurst);
  EXPECT_TRUE(failures.too_many("192.0.2.1", kNow));
  EXPECT_FALSE(failures.too_many("192.0.2.1", kNow + Failures::kEach));
}

TEST(Failures, OfOneSubscribersNetworkAreOnes) {
  Failures failures;
  fail(failures, "2001:db8:1:2::1", Failures::kBurst);
  EXPECT_TRUE(failures.too_many("2001:db8:1:2:ffff::2", kNow));
  EXPECT_FALSE(failures.too_many("2001:db8:1:3::1", kNow));
}

TEST(Failures, OfSoManyAddressesAreRememberedAtMost) {
  Failures failures(2);
  for (const char* client : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) fail(failures, client, Failures::kBurst);
  EXPECT_FALSE(failures.too_many("192.0.2.1", kNow));
  EXPECT_TRUE(failures.too_many("192.0.2.2", kNow));
  EXPECT_TRUE(failures.too_many("192.0.2.3", kNow));
}

}  // namespace
}  // namespace mlgateway::auth
