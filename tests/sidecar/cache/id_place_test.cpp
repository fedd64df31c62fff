#include "sidecar/cache/id_place.hpp"

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/sidecar/cache/documents.hpp"

namespace mlgateway::cache {
namespace {

Answer answer_of(std::string body, std::string fields = {}) {
  Answer answer;
  answer.status = 200;
  answer.fields = std::move(fields);
  answer.body = std::move(body);
  answer.id = id_place(answer);
  return answer;
}

std::string written_for(const Answer& answer, std::optional<std::string_view> id) {
  std::string text;
  const Pieces pieces = pieces_for(answer, id);
  for (const std::string_view piece : pieces) text += piece;
  EXPECT_EQ(text.size(), size_of(pieces));
  return text;
}

TEST(Pieces, CarryTheIdOfWhoAsks) {
  const Answer answer = answer_of(R"({"model_name":"iris","id":"first","outputs":[]})");
  EXPECT_EQ(written_for(answer, R"("second")"), R"({"model_name":"iris","id":"second","outputs":[]})");
  EXPECT_EQ(written_for(answer, R"("")"), R"({"model_name":"iris","id":"","outputs":[]})");
}

TEST(Pieces, CarryNoIdForWhoAsksWithoutOne) {
  EXPECT_EQ(written_for(answer_of(R"({"id":"1","a":2})"), {}), R"({"a":2})");
  EXPECT_EQ(written_for(answer_of(R"({"a":2,"id":"1"})"), {}), R"({"a":2})");
  EXPECT_EQ(written_for(answer_of(R"({"a":2,"id":"1","b":3})"), {}), R"({"a":2,"b":3})");
  EXPECT_EQ(written_for(answer_of(R"({"id":"1"})"), {}), "{}");
}

TEST(Pieces, AreTheAnswerItselfWhereItHasNoId) {
  const Answer answer = answer_of(R"({"a":{"id":"1"}})");
  EXPECT_EQ(written_for(answer, R"("2")"), answer.body);
  EXPECT_EQ(pieces_for(answer, R"("2")")[0].data(), answer.body.data());
}

TEST(IdPlace, IsFoundHoweverTheMemberIsWritten) {
  EXPECT_EQ(written_for(answer_of("{ \"\\u0069d\" : 7 , \"a\" : 1 }"), R"("2")"),
            "{ \"\\u0069d\" : \"2\" , \"a\" : 1 }");
  EXPECT_EQ(written_for(answer_of("\n{\"a\":[{}] ,\t\"id\" : [1,{\"b\":2}] } "), R"("2")"),
            "\n{\"a\":[{}] ,\t\"id\" : \"2\" } ");
}

TEST(IdPlace, IsNotFoundInTextThatIsNoJson) {
  for (const char* text : {"",
                           "{",
                           "[]",
                           "\"id\"",
                           R"({"id":"1"}x)",
                           R"({"id":"1",})",
                           R"({"id":"1" "a":2})",
                           R"({"id":"1","a"})",
                           R"({"id":"1","a":})",
                           R"({"id":"1","a":01})",
                           R"({"id":"1","a":1.})",
                           R"({"id":"1","a":+1})",
                           R"({"id":"1","a":tru})",
                           R"({"id":"1","a":[1,]})",
                           R"({"id":"1","a":[1}})",
                           R"({"id":"1","a":"\x"})",
                           R"({"id":"1","a":"\u12g4"})",
                           "{\"id\":\"1\",\"a\":\"\n\"}",
                           R"({"id":"1)",
                           R"({"id":"1\)",
                           R"({"id":'1'})",
                           R"({id:"1"})",
                           R"({"id":"1","a":NaN})",
                           R"({"id":"1"}})",
                           R"({"id":"1"}{})"}) {
    EXPECT_FALSE(id_place(std::string_view(text))) << text;
  }
}

TEST(IdPlace, IsNotFoundWhereThereAreTwo) { EXPECT_FALSE(id_place(std::string_view(R"({"id":1,"\u0069d":2})"))); }

TEST(IdPlace, IsNotFoundInTextThatIsTooDeep) {
  const auto nested = [](std::size_t depth) {
    return R"({"id":1,"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(id_place(std::string_view(nested(1024))));
  EXPECT_FALSE(id_place(std::string_view(nested(1025))));
}

TEST(IdPlace, IsFoundExactlyWhereAParserFindsIt) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    const Document plain = some_object(random);
    const Answer answer = answer_of(spaced(with_member(plain, R"("id")", some_document(random), random), random));
    auto expected = nlohmann::json::parse(answer.body);
    expected["id"] = "mine";
    EXPECT_EQ(nlohmann::json::parse(written_for(answer, R"("mine")")), expected) << answer.body;
    expected.erase("id");
    EXPECT_EQ(nlohmann::json::parse(written_for(answer, {})), expected) << answer.body;
  }
}

TEST(IdPlace, IsFoundInNothingThatAParserRefuses) {
  std::mt19937 random(8);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = spaced(with_member(some_object(random), R"("id")", {"1"}, random), random);
    char& byte = text[random() % text.size()];
    if (static_cast<unsigned char>(byte) >= 0x80)
      continue;  // it would no longer be UTF-8, which is nobody's business here
    byte = "{}[]\",:\\ i0-.\n\x01"[random() % 16];
    const bool found = id_place(std::string_view(text)).has_value();
    EXPECT_TRUE(!found || nlohmann::json::accept(text)) << text;
  }
}

TEST(RequestId, IsTheRawTextOfATopLevelString) {
  EXPECT_EQ(request_id_of(R"({"id":"a\"b","inputs":[]})"), R"("a\"b")");
  EXPECT_EQ(request_id_of(R"( { "inputs" : [{"id":"x"}] , "\u0069d" : "y" } )"), R"("y")");
  EXPECT_EQ(request_id_of("{\"id\":\"z\"}\x01\x02{\"id\":\"raw\"}"), R"("z")");
}

TEST(RequestId, IsAbsentWhereItIsNoString) {
  for (const char* text : {"", "{", "{}", "[]", R"("id")", R"({"id":7})", R"({"id":null})", R"({"id":{"id":"1"}})",
                           R"({"inputs":{"id":"1"}})", R"({"id")", R"({"id":)"}) {
    EXPECT_FALSE(request_id_of(text)) << text;
  }
}

TEST(RequestId, IsSoughtOnlyInTheJsonBeforeTheTensors) {
  EXPECT_FALSE(request_id_of("{\"inputs\":[]},\"id\":\"tensor\"}"));
}

constexpr std::string_view kBinary = "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: ";

TEST(BinaryAnswer, KeepsItsTensorsBehindAnotherId) {
  const std::string json = R"({"id":"1","outputs":[]})";
  const Answer answer = answer_of(json + "\x01{\"id\"", std::string(kBinary) + std::to_string(json.size()) + "\r\n");
  EXPECT_EQ(written_for(answer, R"("long one")"), std::string(R"({"id":"long one","outputs":[]})") + "\x01{\"id\"");
  std::string scratch;
  const std::size_t size = size_of(pieces_for(answer, R"("long one")"));
  EXPECT_EQ(fields_for(answer, size, scratch), std::string(kBinary) + "30\r\n");
}

TEST(BinaryAnswer, HasTheFieldsOfTheModelWhereNothingMoved) {
  const Answer answer = answer_of(R"({"id":"1"}xyz)", std::string(kBinary) + "10\r\nServer: m\r\n");
  std::string scratch;
  EXPECT_EQ(fields_for(answer, answer.body.size(), scratch).data(), answer.fields.data());
}

TEST(BinaryAnswer, StaysAsItIsWhereItsLengthIsNoNumberOfBytes) {
  for (const char* length : {"", "x", "-1", "11", "9x"}) {
    EXPECT_FALSE(answer_of(R"({"id":"1"})", std::string(kBinary) + length + "\r\n").id) << length;
  }
}

TEST(BinaryAnswer, IsTheOnlyOneWhoseFieldsChange) {
  const Answer answer = answer_of(R"({"id":"1"})", "Content-Type: application/json\r\n");
  std::string scratch;
  EXPECT_EQ(fields_for(answer, 100, scratch), answer.fields);
}

}  // namespace
}  // namespace mlgateway::cache
