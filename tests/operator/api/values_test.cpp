#include <gtest/gtest.h>

#include "operator/api/base64.hpp"
#include "operator/api/decimal.hpp"
#include "operator/api/duration.hpp"
#include "operator/api/quantity.hpp"
#include "operator/api/timestamp.hpp"
#include "operator/api/upstream_url.hpp"

namespace mlgateway::api {
namespace {

using std::chrono::milliseconds;

TEST(Duration, SumsItsParts) {
  EXPECT_EQ(parse_duration("1h30m"), milliseconds(5'400'000));
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("1h1m1s1ms"), milliseconds(3'661'001));
  EXPECT_EQ(parse_duration("0s"), milliseconds(0));
}

TEST(Duration, RefusesWhatGep2257Refuses) {
  for (const char* text : {"", "s", "1", "1d", "1.5s", "-1s", "123456s", "1s1s1s1s1s", "1s ", " 1s", "1sm"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Quantity, KnowsBothKindsOfSuffixes) {
  EXPECT_EQ(parse_quantity("8Mi"), 8 << 20);
  EXPECT_EQ(parse_quantity("2k"), 2000);
  EXPECT_EQ(parse_quantity("1Ti"), 1LL << 40);
  EXPECT_EQ(parse_quantity("7"), 7);
}

TEST(Quantity, RefusesWhatIsNoWholeNumberOfBytes) {
  for (const char* text : {"", "Mi", "1.5Mi", "-1", "1mi", "1m", "1KiB", "9999999999999999Ti", "12345678901234567"}) {
    EXPECT_FALSE(parse_quantity(text)) << text;
  }
}

TEST(Decimal, IsExactInMillionths) {
  EXPECT_EQ(parse_decimal("0.25"), 250'000);
  EXPECT_EQ(parse_decimal("1"), config::kOne);
  EXPECT_EQ(parse_decimal("000.000001"), 1);
  EXPECT_EQ(parse_decimal("0.1"), 100'000);
  EXPECT_EQ(parse_decimal("10000000000"), config::kMostMillionths);
  EXPECT_EQ(parse_decimal("999999999999.999999"), 999'999'999'999'999'999);
}

TEST(Decimal, RefusesWhatCannotBeExact) {
  for (const char* text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "0.1234567", "1234567890123", "1,5", "1.5 ", " 1",
                           "1..5", "1.5.0", "0x1", "NaN", "inf"}) {
    EXPECT_FALSE(parse_decimal(text)) << text;
  }
}

TEST(UpstreamUrl, SplitsHostAndPort) {
  EXPECT_EQ(parse_upstream_url("http://iris-v1.models:8080"), (config::Endpoint{"iris-v1.models", 8080}));
  EXPECT_EQ(parse_upstream_url("http://[2001:db8::1]:65535"), (config::Endpoint{"2001:db8::1", 65535}));
}

TEST(UpstreamUrl, RefusesWhatCannotBeCalled) {
  for (const char* url :
       {"https://a:1", "http://a", "http://a:", "http://:1", "http://a:0", "http://a:65536", "http://a:1/x",
        "http://u@a:1", "http://a:01", "http://[::1:1", "http://[zz]:1", "http://::1:1", "a:1"}) {
    EXPECT_FALSE(parse_upstream_url(url)) << url;
  }
}

TEST(Timestamp, ReadsOffsetsAndFractions) {
  const auto utc = parse_timestamp("2024-02-29T12:00:00Z");
  ASSERT_TRUE(utc);
  EXPECT_EQ(parse_timestamp("2024-02-29T14:00:00+02:00"), utc);
  EXPECT_EQ(parse_timestamp("2024-02-29T11:30:00.123456-00:30"), utc);
  EXPECT_EQ(format_timestamp(*utc), "2024-02-29T12:00:00Z");
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2023-02-29T12:00:00Z", "2024-02-29", "2024-02-29 12:00:00Z", "2024-02-29T24:00:00Z",
                           "2024-02-29T12:00:00", "2024-02-29T12:00:00+2", "2024-02-29T12:00:00Zx", "tomorrow"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Base64, DecodesWhatKubernetesWrites) {
  EXPECT_EQ(decode_base64("YWxpY2U="), "alice");
  EXPECT_EQ(decode_base64("YWxp\nY2U="), "alice");
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("//8="), "\xff\xff");
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text : {"YWxpY2U", "YWxpY2V=", "YWxp=Y2U", "YWxpY2U==", "a-b_", "====", "Y===", "YWxp Y2U="}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

}  // namespace
}  // namespace mlgateway::api
