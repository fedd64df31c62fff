#include "sidecar/protocol/quantities.hpp"

#include "sidecar/protocol/json_outline.hpp"
#include "tests/sidecar/protocol/counting.hpp"

namespace mlgateway::protocol {
namespace {

using config::Protocol;

constexpr Protocol kAll[] = {Protocol::OpenInferenceV2, Protocol::KServeV1,   Protocol::OpenAI,
                             Protocol::MLflow,          Protocol::TorchServe, Protocol::Generic};
const Wanted kValid{.rows_and_elements = false, .pointers = {}, .valid_json = true};

TEST(Quantities, ABodyThatNothingIsWantedOfIsNotRead) {
  const config::Cost by_request;
  const Wanted nothing{.rows_and_elements = false, .pointers = by_request.terms, .valid_json = false};
  for (const Protocol protocol : kAll) {
    const auto result =
        counted({.protocol = protocol, .body = "no json", .content_type = "x", .json_size = "y"}, nothing);
    ASSERT_TRUE(result.ok());
    EXPECT_FALSE(result->json);
    EXPECT_TRUE(result->pointed.empty());
  }
}

TEST(Quantities, ValidityAloneAsksForNoMembers) {
  for (const Protocol protocol : kAll) {
    const auto result = counted({.protocol = protocol, .body = R"({"a":[1,2]})"}, kValid);
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result->json);
    EXPECT_EQ(result->json_size, 11u);
    EXPECT_EQ(result->rows, 0u);
    EXPECT_EQ(refusal({.protocol = protocol, .body = R"({"a":{"b":1,"b":2}})"}, kValid),
              "/a has the member \"b\" twice");
    EXPECT_EQ(refusal({.protocol = protocol, .body = "{\"a\":1} x"}, kValid), "the body is not valid JSON");
    EXPECT_EQ(refusal({.protocol = protocol, .body = ""}, kValid), "the body is not valid JSON");
  }
}

TEST(Quantities, ValidityIsThatOfThePartBeforeBinaryTensors) {
  const auto result = counted({.body = "{\"a\":1}\xff\xfe", .json_size = "7"}, kValid);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->json_size, 7u);
  EXPECT_FALSE(counted({.protocol = Protocol::KServeV1, .body = "{\"a\":1}\xff\xfe", .json_size = "7"}, kValid).ok());
}

TEST(Quantities, AMemberThereTwiceIsFoundAmongMany) {
  std::string body = R"({"instances":[{)";
  for (int i = 0; i < 5000; ++i) body += "\"key" + std::to_string(i * 7919 % 5000) + "\":1,";
  EXPECT_EQ(counts({.protocol = Protocol::KServeV1, .body = body + "\"last\":1}]}"}), "1 5001");
  EXPECT_EQ(counts({.protocol = Protocol::KServeV1, .body = body + "\"key4999\":1}]}"}),
            "/instances/0 has the member \"key4999\" twice");
  EXPECT_EQ(counts({.protocol = Protocol::KServeV1, .body = body + "\"\\u006bey4998\":1}]}"}),
            "/instances/0 has the member \"key4998\" twice");
}

TEST(Quantities, AMemberThereTwiceIsFoundBelowWhatIsOnlyCounted) {
  const std::string body = R"([1,[2,{"a":[3,4,{},{"b~/":[5,{"c":1,"\u0063":2}]}]}],6])";
  EXPECT_EQ(refusal({.protocol = Protocol::Generic, .body = body}, kValid),
            "/1/1/a/3/b~0~1/1 has the member \"c\" twice");
}

TEST(Quantities, ADeepBodyIsRefusedAndADeepPlaceIsCut) {
  const auto deep = [](std::size_t levels, std::string_view inner) {
    return std::string(levels, '[').append(inner) + std::string(levels, ']');
  };
  EXPECT_EQ(counts({.protocol = Protocol::TorchServe, .body = deep(kMaxBodyDepth, "1")}), "1 1");
  EXPECT_EQ(counts({.protocol = Protocol::TorchServe, .body = deep(kMaxBodyDepth + 1, "1")}),
            "the body has more than 256 objects and arrays in one another");
  const std::string told =
      counts({.protocol = Protocol::TorchServe, .body = deep(kMaxBodyDepth - 1, R"({"a":1,"a":2})")});
  EXPECT_TRUE(told.starts_with("/0/0/0/")) << told;
  EXPECT_TRUE(told.ends_with("has the member \"a\" twice")) << told;
  EXPECT_LT(told.size(), 500u);
}

TEST(Quantities, AreCountedAfterALargeBodyAndAfterABadOne) {
  QuantityReader reader;
  Sent sent{.protocol = Protocol::KServeV1, .body = R"({"instances":[")" + std::string(3u << 20, 'a') + "\"]}"};
  const auto head = head_of(sent);
  EXPECT_EQ(reader.count(sent.protocol, head, sent.body, kRows)->rows, 1u);
  std::string bad = R"({"instances":5})";
  EXPECT_FALSE(reader.count(sent.protocol, head, bad, kRows).ok());
  std::string good = R"({"instances":[1,2]})";
  EXPECT_EQ(reader.count(sent.protocol, head, good, kRows)->rows, 2u);
  QuantityReader moved = std::move(reader);
  EXPECT_EQ(moved.count(sent.protocol, head, good, kRows)->rows, 2u);
}

TEST(Quantities, OfAGenericRouteAreItsPointersOnly) {
  const auto result = counted({.protocol = Protocol::Generic, .body = "[1,2,3]"});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->rows, 0u);
  EXPECT_EQ(result->elements, 0u);
}

}  // namespace
}  // namespace mlgateway::protocol
