#include "sidecar/observe/process.hpp"

#include <gtest/gtest.h>

namespace mlgateway::observe {
namespace {

TEST(Process, ReadsItsStatBehindAnyName) {
  const auto stat = parse_process_stat(
      "42 (a ) b) S 1 42 42 0 -1 4194560 100 0 0 0 11 22 0 0 20 0 3 0 7777 1000000 333 18446744073709551615 1 1");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->user_ticks, 11u);
  EXPECT_EQ(stat->system_ticks, 22u);
  EXPECT_EQ(stat->start_ticks, 7777u);
  EXPECT_EQ(stat->resident_pages, 333u);
}

TEST(Process, ReadsNothingFromAnotherText) {
  EXPECT_FALSE(parse_process_stat(""));
  EXPECT_FALSE(parse_process_stat("42 (x)"));
  EXPECT_FALSE(parse_process_stat("42 (x) S 1 2 3"));
}

TEST(Process, KnowsItself) {
  const ProcessNumbers numbers = process_numbers();
  EXPECT_GT(numbers.resident_bytes, 1u << 20);
  EXPECT_GE(numbers.open_fds, 3u);
  EXPECT_GT(numbers.start_time, 1.6e9);
}

}  // namespace
}  // namespace mlgateway::observe
