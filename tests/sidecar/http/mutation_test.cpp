// The properties of tests/fuzz over mutations of the public vectors: deterministic, a second or so, also under
// sanitizers.
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/http_properties.hpp"
#include "tests/sidecar/http/llhttp_cases.hpp"

namespace mlgateway::http {
namespace {

constexpr int kRounds = 150'000;

// Bytes and words that have meaning in HTTP find more than random bytes do.
const std::vector<std::string> kWords = {"\r\n",
                                         "\r",
                                         "\n",
                                         " ",
                                         "\t",
                                         ":",
                                         ",",
                                         ";",
                                         "\"",
                                         "\\",
                                         "/",
                                         "//",
                                         "/../",
                                         "%2e",
                                         "%2f",
                                         "?",
                                         "#",
                                         "\r\n ",
                                         "\r\n\r\n",
                                         "0",
                                         "Content-Length: 5\r\n",
                                         "Transfer-Encoding: chunked\r\n",
                                         "Host: b\r\n",
                                         "Connection: close, te, x\r\n",
                                         "HTTP/1.0",
                                         "GET ",
                                         "Expect: 100-continue\r\n",
                                         "http://a:1",
                                         "[::1]",
                                         "5;a=\"b\"\r\nhello\r\n0\r\n\r\n",
                                         std::string(1, '\0'),
                                         "\x7f",
                                         "\xff"};

std::string mutated(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (std::size_t change = 0, changes = 1 + below(4); change < changes; ++change) {
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0: text.insert(at, kWords[below(kWords.size())]); break;
      case 1: text.erase(at, 1 + below(4)); break;
      case 2: text.insert(at, text.substr(below(text.size()), below(40))); break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random());
    }
  }
  return text;
}

TEST(Mutations, OfPublicVectorsBreakNoProperty) {
  std::vector<std::string> corpus;
  for (const LlhttpCase& test : read_llhttp_cases(PROJECT_ROOT "/../shared/vectors/llhttp/test")) {
    corpus.push_back(test.input);
    // Most of the suite's requests lack Host and would be refused for that alone.
    std::string with_host = test.input;
    const std::size_t end = with_host.find("\r\n", 2);
    if (end != std::string::npos) corpus.push_back(with_host.insert(end + 2, "Host: a\r\n"));
  }
  ASSERT_FALSE(corpus.empty());
  std::mt19937 random(1);
  for (int round = 0; round < kRounds; ++round) {
    const std::string input = mutated(corpus[random() % corpus.size()], random);
    const char* const broken = broken_property(input);
    ASSERT_EQ(broken, nullptr) << broken << ": " << testing::PrintToString(input);
  }
}

}  // namespace
}  // namespace mlgateway::http
