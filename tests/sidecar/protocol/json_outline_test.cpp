#include "sidecar/protocol/json_outline.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/protocol/outline_told.hpp"

namespace mlgateway::protocol {
namespace {

std::string fault(std::string_view text) {
  JsonOutline outline;
  const auto read = outline.read(text);
  return read ? "" : read.error().message;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonOutline, TellsWhatIsInEachObjectAndArray) {
  EXPECT_EQ(told(R"( {"a":[1,2.5,[],3,[4,[5]],"x"],"b":{},"c":null} )"),
            R"({a:[1,float,[]0/0,3,[4,[5,]1/1,]2/2,"x,]6/6,b:{}0/0,c:null,}3/7)");
  EXPECT_EQ(told("7"), "7");
  EXPECT_EQ(told(" \"x\" "), "\"x");
}

TEST(JsonOutline, HasNoNodeForWhatIsOnlyCounted) {
  JsonOutline outline;
  std::string text = "[0";
  for (int i = 1; i < 100000; ++i) text += i % 2 ? ",1.5" : ",-12345678.25e-3";
  ASSERT_TRUE(outline.read(text + "]").ok());
  ASSERT_EQ(outline.nodes().size(), 1u);
  EXPECT_EQ(outline.nodes().front().items, 100000u);
  EXPECT_EQ(outline.nodes().front().leaves, 100000u);
}

TEST(JsonOutline, KeepsTheTextOfItsValues) {
  JsonOutline outline;
  const std::string text = R"({"a" : [ 1 , "x,]\"" ,[2 , 3] , true ] })";
  ASSERT_TRUE(outline.read(text).ok());
  std::vector<std::string> texts;
  for (const JsonValue element : JsonValue(outline).member("a")->elements()) texts.emplace_back(element.text());
  EXPECT_EQ(texts, (std::vector<std::string>{"1", R"("x,]\"")", "[2 , 3]", "true"}));
}

TEST(JsonOutline, GivesNamesAndTextsWithoutEscapes) {
  EXPECT_EQ(told(R"({"\u0061\n\ud83d\ude00\/":"\u00e9\"\\\t\u4e2d"})"),
            "{a\n\xf0\x9f\x98\x80/:\"\xc3\xa9\"\\\t\xe4\xb8\xad,}1/1");
  EXPECT_EQ(told(R"({"\u0000":"\b\f\r"})"), std::string("{\0:\"\b\f\r,}1/1", 12));
}

TEST(JsonOutline, RefusesSurrogatesThatAreNoPair) {
  for (const char* text : {R"("\ud83d")", R"("\ude00")", R"("\ud83d\ud83d")", R"("\ud83dx")", R"("\ud83d\n")",
                           R"("\ud83d\u00)", R"("\ude00\ud83d")", R"("\u12g4")", R"("\u123)"}) {
    EXPECT_EQ(told(text), "") << text;
  }
}

TEST(JsonOutline, TakesNumbersOf64BitsAndOfADouble) {
  for (const char* text : {"-0", "18446744073709551615", "-9223372036854775808", "1.7976931348623157e308", "1e-999999",
                           "0e999999999999999999999", "0.0e-5", "123456789012345678901234567890.5"}) {
    EXPECT_NE(told(text), "") << text;
  }
  for (const char* text : {"18446744073709551616",
                           "-9223372036854775809",
                           "1.7976931348623159e308",
                           "1e309",
                           "1e99999999999999999999",
                           "-1e400",
                           "0.001e400",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "+1",
                           "01",
                           "-01",
                           "1.",
                           ".5",
                           "-",
                           "1e",
                           "1e+",
                           "0x10",
                           "1.5.2",
                           "1,",
                           "--1"}) {
    EXPECT_EQ(told(text), "") << text;
    EXPECT_EQ(told("[" + std::string(text) + "]"), "") << text;
    EXPECT_EQ(told("[0.5," + std::string(text) + ",0.25,0.25]"), "") << text;
  }
  EXPECT_EQ(told(std::string(1000, '9') + ".5"), "");
  EXPECT_EQ(told("0." + std::string(1000, '0') + "1e1001"), "float");
}

TEST(JsonOutline, SaysWhereTheTextIsNoJson) {
  EXPECT_EQ(fault(R"({"a":1,})"), "body: no JSON at byte 7");
  EXPECT_EQ(fault(R"([1,2.25,01,3])"), "body: no JSON at byte 8");
  EXPECT_EQ(fault("[1] x"), "body: no JSON at byte 4");
  EXPECT_EQ(fault(""), "body: no JSON at byte 0");
  EXPECT_EQ(fault(R"({"a" 1})"), "body: no JSON at byte 5");
  EXPECT_EQ(fault("[\"\xff\"]"), "body: no JSON at byte 1");
}

TEST(JsonOutline, EndsAtTheGreatestDepth) {
  EXPECT_NE(told(nested(kMaxBodyDepth)), "");
  EXPECT_EQ(fault(nested(kMaxBodyDepth + 1)), "body: too deep at byte 256");
  EXPECT_EQ(fault(std::string(1u << 20, '[')), "body: too deep at byte 256");
}

TEST(JsonOutline, ForgetsABodyAtTheNext) {
  JsonOutline outline;
  ASSERT_TRUE(outline.read(R"({"\u0061":[[1],[2]]})").ok());
  EXPECT_FALSE(outline.read("[").ok());
  outline.rest();
  ASSERT_TRUE(outline.read("[[],3]").ok());
  EXPECT_EQ(told(JsonValue(outline)), "[[]0/0,3,]2/1");
}

}  // namespace
}  // namespace mlgateway::protocol
