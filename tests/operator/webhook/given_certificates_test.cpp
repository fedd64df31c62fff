#include "operator/webhook/given_certificates.hpp"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>

namespace mlgateway::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const WallTime kNow{1'800'000'000s};

class GivenCertificatesTest : public ::testing::Test {
 protected:
  GivenCertificatesTest() {
    std::string name = ::testing::TempDir() + "given-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~GivenCertificatesTest() override { std::filesystem::remove_all(folder_); }

  void put(const char* name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  std::filesystem::path folder_;
};

TEST_F(GivenCertificatesTest, AreServedWhileTheyAreGood) {
  const auto pair = make_authority(kNow, kNow + 1h);
  ASSERT_TRUE(pair);
  put("tls.crt", pair->certificate);
  put("tls.key", pair->key);
  const Round good = look_at_given(folder_, kNow);
  EXPECT_EQ(good.serving, *pair);
  EXPECT_EQ(good.not_ready, "");
  const Round expired = look_at_given(folder_, kNow + 1h);
  EXPECT_EQ(expired.serving, *pair) << "who calls is told why he should not believe it";
  EXPECT_THAT(expired.not_ready, HasSubstr("has expired"));
}

TEST_F(GivenCertificatesTest, AreNotReadyWhenOneIsMissingOrAnothers) {
  const auto pair = make_authority(kNow, kNow + 1h);
  const auto other = make_authority(kNow, kNow + 1h);
  ASSERT_TRUE(pair && other);
  EXPECT_THAT(look_at_given(folder_, kNow).not_ready, HasSubstr("no certificate in " + folder_.string()));
  put("tls.crt", pair->certificate);
  EXPECT_FALSE(look_at_given(folder_, kNow).serving);
  put("tls.key", other->key);
  EXPECT_THAT(look_at_given(folder_, kNow).not_ready, HasSubstr("not that of the certificate"));
}

}  // namespace
}  // namespace mlgateway::webhook
