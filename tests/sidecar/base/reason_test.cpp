#include "sidecar/base/reason.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace mlgateway {
namespace {

TEST(Reason, HasANameOfItsOwnForEveryValue) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const std::string_view text = name(static_cast<Reason>(i));
    EXPECT_FALSE(text.empty()) << "value " << i;
    EXPECT_TRUE(names.insert(text).second) << text << " stands twice";
  }
}

// The table is in the order of the enumeration; a shift by one shows at any of these.
TEST(Reason, IsNamedAsItIsWritten) {
  EXPECT_EQ(name(Reason::MalformedRequest), "MalformedRequest");
  EXPECT_EQ(name(Reason::NotConfigured), "NotConfigured");
  EXPECT_EQ(name(Reason::OverrideNotAllowed), "OverrideNotAllowed");
  EXPECT_EQ(name(Reason::UpstreamFirstByteTimeout), "UpstreamFirstByteTimeout");
  EXPECT_EQ(name(Reason::InvalidConfig), "InvalidConfig");
}

}  // namespace
}  // namespace mlgateway
