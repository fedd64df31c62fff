#include "sidecar/base/result.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace mlgateway {
namespace {

TEST(Result, HoldsAValue) {
  Result<int> result = 7;
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 7);
}

TEST(Result, HoldsAnErrorWithItsWords) {
  const Result<int> result = Error(Reason::BodyInvalid, "parse error at 3", "at /inputs/0");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::BodyInvalid);
  EXPECT_EQ(result.error().message, "parse error at 3");
  EXPECT_EQ(result.error().detail, "at /inputs/0");
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(*result);
  EXPECT_EQ(*taken, 3);
}

}  // namespace
}  // namespace mlgateway
