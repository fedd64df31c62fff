#include "sidecar/gateway/wishes.hpp"

#include <gtest/gtest.h>

namespace mlgateway::gateway {
namespace {

using namespace std::chrono_literals;

http::Fields with_timeout(std::string_view value) {
  http::Fields fields;
  fields.push({.name = "x-request-timeout-ms", .value = value, .id = http::FieldId::XRequestTimeoutMs});
  return fields;
}

TEST(RequestId, IsTakenFromTheCallerWhenItIsVisibleAscii) {
  EXPECT_TRUE(is_request_id("a"));
  EXPECT_TRUE(is_request_id(std::string(128, 'x')));
  EXPECT_TRUE(is_request_id("{\"quoted\"}"));
}

TEST(RequestId, IsNotTakenWhenItCouldNotStandInAHeader) {
  EXPECT_FALSE(is_request_id(""));
  EXPECT_FALSE(is_request_id(std::string(129, 'x')));
  EXPECT_FALSE(is_request_id("two words"));
  EXPECT_FALSE(is_request_id("tab\t"));
  EXPECT_FALSE(is_request_id("\xc3\xa4"));
}

TEST(CallerDeadline, IsAbsentWithoutTheField) {
  const auto deadline = caller_deadline(http::Fields{});
  ASSERT_TRUE(deadline.ok());
  EXPECT_FALSE(deadline->has_value());
}

TEST(CallerDeadline, IsReadInMilliseconds) {
  EXPECT_EQ(**caller_deadline(with_timeout("1")), 1ms);
  EXPECT_EQ(**caller_deadline(with_timeout("86400000")), 24h);
}

TEST(CallerDeadline, IsRefusedWhenItIsNoSuchNumber) {
  for (const char* value : {"", "0", "-1", "1.5", "1s", " 1", "86400001", "99999999999999999999", "0x10", "+5"}) {
    const auto deadline = caller_deadline(with_timeout(value));
    ASSERT_FALSE(deadline.ok()) << value;
    EXPECT_EQ(deadline.error().reason, Reason::InvalidDeadline) << value;
  }
}

TEST(CallerDeadline, IsRefusedWhenItIsSaidTwice) {
  http::Fields fields = with_timeout("100");
  fields.push({.name = "x-request-timeout-ms", .value = "200", .id = http::FieldId::XRequestTimeoutMs});
  EXPECT_FALSE(caller_deadline(fields).ok());
}

TEST(Deadlines, AreShortenedByTheCallerNeverLengthened) {
  const Instant start{};
  const config::Timeouts timeouts{.request = 10s, .connect = 1s, .first_byte = 5s, .stream_idle = 3s};
  const auto shorter = deadlines(start, timeouts, 2s);
  EXPECT_EQ(shorter.request, start + 2s);
  EXPECT_TRUE(shorter.set_by_caller);
  const auto longer = deadlines(start, timeouts, 20s);
  EXPECT_EQ(longer.request, start + 10s);
  EXPECT_FALSE(longer.set_by_caller);
}

}  // namespace
}  // namespace mlgateway::gateway
