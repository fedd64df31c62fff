#include "operator/route/certificates.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"

namespace mlgateway::route {
namespace {

using testing_support::Authority;
using testing_support::Pair;

class CertificatesTest : public testing::Test {
 protected:
  CertificatesTest() {
    route_.key = {"team", "iris"};
    route_.certificate = "iris-tls";
    secret_.secret.key = {"team", "iris-tls"};
    secret_.secret.labels = {{kUseLabel, "true"}};
    secret_.secret.entries = {{"tls.crt", pair_.certificate}, {"tls.key", pair_.key}};
  }

  RouteCertificate collect(std::chrono::hours later = {}) const {
    return collect_certificate(route_, {secret_}, now_ + later);
  }
  std::string reason() const {
    const auto collected = collect();
    return collected.problems.size() == 1 ? collected.problems.front().reason : "";
  }

  const WallTime now_ = std::chrono::system_clock::now();
  const Pair pair_ = Authority("root").issue("server", "DNS:iris.example", 10);
  api::MLRoute route_;
  ObservedSecret secret_;
};

TEST_F(CertificatesTest, AreRenderedFromTheSecret) {
  const auto collected = collect();
  EXPECT_TRUE(collected.problems.empty());
  EXPECT_EQ(collected.rendered, (config::Certificate{"iris-tls", pair_.certificate, pair_.key}));
  ASSERT_TRUE(collected.status);
  EXPECT_EQ(collected.status->secret, "iris-tls");
  EXPECT_GT(collected.status->not_after, now_ + std::chrono::hours(9 * 24));
}

TEST_F(CertificatesTest, AreNotWantedByEveryRoute) {
  route_.certificate = "";
  const auto collected = collect();
  EXPECT_FALSE(collected.rendered || collected.status);
  EXPECT_TRUE(collected.problems.empty());
}

// In the clear is never what follows.
TEST_F(CertificatesTest, ThatCannotBeHadLeaveTheRouteWithoutOne) {
  const config::Certificate none{"iris-tls", "", ""};
  const auto expect = [&](const char* wanted) {
    EXPECT_EQ(reason(), wanted);
    EXPECT_EQ(collect().rendered, none);
    EXPECT_FALSE(collect().status);
  };
  secret_.secret.entries["tls.key"] = Authority("root").issue("other").key;
  expect("InvalidCertificateRef");
  secret_.secret.entries.erase("tls.key");
  expect("InvalidCertificateRef");
  secret_.secret.labels.clear();
  expect("RefNotPermitted");
  secret_.secret.key.namespace_name = "others";
  expect("SecretNotFound");
}

TEST_F(CertificatesTest, ThatHaveExpiredAreShownAndTold) {
  const auto collected = collect(std::chrono::hours(11 * 24));
  EXPECT_EQ(collected.rendered->chain, pair_.certificate);
  ASSERT_EQ(collected.problems.size(), 1u);
  EXPECT_EQ(collected.problems.front().reason, "CertificateExpired");
}

TEST_F(CertificatesTest, NeverShowTheKeyInWords) {
  secret_.secret.entries["tls.crt"] = pair_.key;
  for (const KeyProblem& problem : collect().problems) EXPECT_EQ(problem.words.find("PRIVATE"), std::string::npos);
}

}  // namespace
}  // namespace mlgateway::route
