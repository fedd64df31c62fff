#include "tests/sidecar/protocol/counting.hpp"

namespace mlgateway::protocol {
namespace {

std::string at(const char* path, std::string body) {
  return counts({.protocol = config::Protocol::OpenAI, .body = std::move(body), .path = path});
}
std::string chat(std::string body) { return at("/v1/chat/completions", std::move(body)); }
std::string completions(std::string body) { return at("/v1/completions", std::move(body)); }
std::string embeddings(std::string body) { return at("/v1/embeddings", std::move(body)); }
std::string responses(std::string body) { return at("/v1/responses", std::move(body)); }

TEST(CountOpenAi, AChatIsARowForEachAnswer) {
  EXPECT_EQ(chat(R"({"messages":[{"role":"system","content":"x"},{"role":"user","content":[{"type":"text"}]}]})"),
            "1 2");
  EXPECT_EQ(chat(R"({"messages":[{}],"n":4,"best_of":9})"), "4 1");
  EXPECT_EQ(chat(R"({"messages":[],"n":null})"), "1 0");
  EXPECT_EQ(chat(R"({"prompt":"x"})"), "the body has no member messages");
  EXPECT_EQ(chat(R"({"messages":"x"})"), "/messages must be an array");
  EXPECT_EQ(chat("[]"), "the body must be a JSON object");
}

TEST(CountOpenAi, AnswersAreWantedInWholeNumbersFromOne) {
  for (const char* n : {"0", "-1", "1.0", "\"2\"", "true", "[1]"}) {
    EXPECT_EQ(chat(R"({"messages":[{}],"n":)" + std::string(n) + "}"), "/n must be an integer from 1") << n;
    EXPECT_EQ(completions(R"({"prompt":"x","best_of":)" + std::string(n) + "}"), "/best_of must be an integer from 1");
  }
  EXPECT_EQ(completions(R"({"prompt":["x","y"],"n":18446744073709551615})"),
            "the body asks for more answers than can be counted");
}

TEST(CountOpenAi, ACompletionIsARowForEachPromptAndAnswer) {
  EXPECT_EQ(completions(R"({"prompt":"a text"})"), "1 1");
  EXPECT_EQ(completions(R"({"prompt":["a","b","c"],"n":2})"), "6 3");
  EXPECT_EQ(completions(R"({"prompt":[1,2,3]})"), "1 3");
  EXPECT_EQ(completions(R"({"prompt":[[1,2,3],[4]]})"), "2 4");
  EXPECT_EQ(completions(R"({"prompt":"x","n":2,"best_of":5})"), "5 1");
  EXPECT_EQ(completions(R"({"messages":[{},{}]})"), "1 1");
  EXPECT_EQ(completions(R"({"prompt":null})"), "1 1");
}

TEST(CountOpenAi, AnEmbeddingIsARowForEachInput) {
  EXPECT_EQ(embeddings(R"({"input":"a text","n":"ignored"})"), "1 1");
  EXPECT_EQ(embeddings(R"({"input":["a","b"]})"), "2 2");
  EXPECT_EQ(embeddings(R"({"input":[5,6,7]})"), "1 3");
  EXPECT_EQ(embeddings(R"({"input":[[5,6],[7]]})"), "2 3");
  EXPECT_EQ(embeddings(R"({"prompt":"x"})"), "the body has no member input");
}

TEST(CountOpenAi, TextsAndTokensDoNotMix) {
  for (const char* input : {R"(["a",1])", R"([1,"a"])", R"([[1],2])", R"([[1],"a"])", R"([1.5])", R"([[1.5]])",
                            R"([{"a":1}])", "5", "{}", "[null]", "[true]"}) {
    EXPECT_NE(
        embeddings(R"({"input":)" + std::string(input) + "}").find("must be a text, an array of texts, or tokens"),
        std::string::npos)
        << input;
  }
  EXPECT_EQ(embeddings(R"({"input":[]})"), "/input must not be empty");
  EXPECT_EQ(embeddings(R"({"input":[[1],[]]})"), "/input/1 must not be empty");
}

TEST(CountOpenAi, AResponseIsOneRow) {
  EXPECT_EQ(responses(R"({"input":"x","n":5})"), "1 1");
  EXPECT_EQ(responses(R"({"input":[{"role":"user"},{"role":"user"},{"type":"item"}]})"), "1 3");
  EXPECT_EQ(responses(R"({"prompt":{"id":"p"}})"), "1 1");
  EXPECT_EQ(responses(R"({"input":5})"), "/input must be a text or an array");
}

TEST(CountOpenAi, TheEndpointIsThatOfThePathHoweverItIsEncoded) {
  EXPECT_EQ(at("/v1/%65mbeddings", R"({"input":["a","b"]})"), "2 2");
  EXPECT_EQ(at("/v1/ch%61t/completions", R"({"messages":[{},{}]})"), "1 2");
}

}  // namespace
}  // namespace mlgateway::protocol
