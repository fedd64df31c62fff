// llhttp's own suite (node's parser): what it refuses must be refused here, what it accepts must be read the same way.
#include <cstdio>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/sidecar/http/llhttp_cases.hpp"
#include "tests/sidecar/http/message_reader.hpp"

namespace mlgateway::http {
namespace {

const char* const kRoot = PROJECT_ROOT "/../shared/vectors/llhttp/test";

enum class Verdict { Read, Refuse, Close, Skip };

struct Decision {
  Verdict verdict;
  const char* why;
};

constexpr Decision kTunnel{Verdict::Refuse, "the gateway opens no tunnels: CONNECT is refused"};
constexpr Decision kOtherProtocol{Verdict::Refuse, "RTSP and ICE are not HTTP"};
constexpr Decision kFragment{Verdict::Refuse, "a fragment is no part of a request target (RFC 9112 3.2)"};
constexpr Decision kUserInfo{Verdict::Refuse, "user information in an http URI is an error (RFC 9110 4.2.4)"};
constexpr Decision kZone{Verdict::Refuse, "a zone means nothing beyond the sender's own host"};
constexpr Decision kAnyMethod{Verdict::Read, "a method is any token (RFC 9110 9.1); the route decides which it allows"};
constexpr Decision kUpgradeBody{Verdict::Refuse, "1xx announces no body, and nobody asked for an upgrade"};
constexpr Decision kCodings{Verdict::Refuse,
                            "only exactly `chunked` is spoken; anything else could be framed in two ways"};
constexpr Decision kCrlfBeforeAnswer{Verdict::Refuse, "only requests may have an empty line in front (RFC 9112 2.2)"};

// Where we differ from llhttp on purpose, case by case.
const std::map<std::string, Decision> kDecisions = {
    {"request/connection: CRLF between requests, implicit `keep-alive`",
     {Verdict::Refuse, "one empty line before a request is forgiven, as RFC 9112 2.2 asks; not two"}},
    {"request/content-length: Content-Length reset when no body is received",
     {Verdict::Skip, "the suite's skipBody switch makes the parser leave out a body that was announced"}},
    {"request/invalid: HTTP protocol and ANNOUNCE method", kAnyMethod},
    {"request/invalid: Invalid method", kAnyMethod},
    {"request/method: CONNECT request", kTunnel},
    {"request/method: CONNECT request with CAPS", kTunnel},
    {"request/method: CONNECT with body", kTunnel},
    {"request/uri: Underscore in hostname", kTunnel},
    {"request/method: M-SEARCH request", {Verdict::Refuse, "the target * is for OPTIONS only (RFC 9112 3.2.4)"}},
    {"request/method: SOURCE request with ICE", kOtherProtocol},
    {"request/method: OPTIONS request with RTSP", kOtherProtocol},
    {"request/method: ANNOUNCE request with RTSP", kOtherProtocol},
    {"response/sample: RTSP response", kOtherProtocol},
    {"response/sample: ICE response", kOtherProtocol},
    {"request/sample: No HTTP version", {Verdict::Refuse, "HTTP/0.9 has neither fields nor an end that can be told"}},
    {"response/sample: HTTP version 0.9", {Verdict::Refuse, "HTTP/0.9 is not spoken"}},
    {"request/transfer-encoding: POST with `chunked` as last transfer-encoding", kFragment},
    {"request/transfer-encoding: POST with `chunked` as last transfer-encoding (multiple headers)", kFragment},
    {"request/uri: Fragment in URI", kFragment},
    {"url: Absolute URL", kFragment},
    {"url: Relative URL", kFragment},
    {"url: URL fragment", kFragment},
    {"url: Complex URL fragment", kFragment},
    {"url: Complex URL from node.js url parser doc", kFragment},
    {"url: Complex URL with basic auth from node.js url parser doc", kFragment},
    {"request/uri: `host:port` and basic auth", kUserInfo},
    {"url: Proxy basic auth with url encoded space", kUserInfo},
    {"url: Proxy basic auth with unreserved chars", kUserInfo},
    {"url: IPv6 address with Zone ID", kZone},
    {"url: IPv6 address with Zone ID, but `%` is not percent-encoded", kZone},
    {"response/connection: HTTP 101 response with Upgrade and Content-Length header", kUpgradeBody},
    {"response/connection: HTTP 101 response with Upgrade and Transfer-Encoding header", kUpgradeBody},
    {"response/connection: HTTP 304 with Content-Length", kCrlfBeforeAnswer},
    {"response/connection: HTTP 100 first, then 400", kCrlfBeforeAnswer},
    {"response/pipelining: Should parse multiple events", kCrlfBeforeAnswer},
    {"response/sample: Response starting with CRLF", kCrlfBeforeAnswer},
    {"response/transfer-encoding: `chunked` before other transfer-encoding", kCodings},
    {"response/transfer-encoding: multiple transfer-encoding where chunked is not the last one", kCodings},
    {"response/transfer-encoding: `chunkedchunked` transfer-encoding does not enable chunked enconding", kCodings},
};

// What the log says that llhttp made of the input.
struct Expected {
  int error = 0;
  std::size_t heads = 0;
  std::size_t messages = 0;
  std::size_t body_bytes = 0;
  std::string path;
  std::string query;
};

std::string quoted(const std::string& line) {
  const std::size_t open = line.find('"');
  return line.substr(open + 1, line.rfind('"') - open - 1);
}

Expected expected_of(const LlhttpCase& test) {
  Expected expected;
  for (const std::string& line : test.log) {
    if (const auto at = line.find("error code="); at != std::string::npos)
      expected.error = std::stoi(line.substr(at + 11));
    expected.heads += line.find("headers complete") != std::string::npos;
    expected.messages += line.find("message complete") != std::string::npos;
    if (line.find("span[body]") != std::string::npos)
      expected.body_bytes += std::stoul(line.substr(line.find("len=") + 4));
    if (line.find("span[url.path]") != std::string::npos) expected.path = quoted(line);
    if (line.find("span[url.query]") != std::string::npos) expected.query = quoted(line);
  }
  return expected;
}

// Error 5 is data behind `Connection: close`; 22 is a pause for an upgrade, which the gateway does not grant.
Verdict verdict_of(const LlhttpCase& test, const Expected& expected) {
  const bool about_closing = test.type.find("lenient-keep-alive") != std::string::npos ||
                             test.type.find("data-after-close") != std::string::npos;
  if (about_closing) return Verdict::Close;
  if (test.type.find("lenient") != std::string::npos) return Verdict::Refuse;
  if (expected.error == 5) return Verdict::Close;
  return expected.error == 0 || expected.error == 22 ? Verdict::Read : Verdict::Refuse;
}

std::string input_of(const LlhttpCase& test) {
  return test.type == "url" ? "GET " + test.input + " HTTP/1.1\r\n\r\n" : test.input;
}

Reading read(const LlhttpCase& test, const std::string& input) {
  const bool is_answer = test.type.starts_with("response");
  return MessageReader(input, !is_answer ? "" : test.skip_body ? "HEAD" : "GET").assume_host().read();
}

void expect_refused(const LlhttpCase& test) {
  Reading reading = read(test, input_of(test));
  // Some inputs stop right behind the fault; we may judge a line only when the head is there as a whole.
  if (!reading.refused && reading.heads == 0) reading = read(test, test.input + "\r\n\r\n");
  EXPECT_TRUE(reading.refused);
}

void expect_closed(const LlhttpCase& test) {
  const Reading reading = read(test, test.input);
  EXPECT_FALSE(reading.refused) << reading.why;
  EXPECT_EQ(reading.messages, 1u);
  EXPECT_TRUE(reading.closed);
}

void expect_read(const LlhttpCase& test, const Expected& expected) {
  const Reading reading = read(test, input_of(test));
  EXPECT_FALSE(reading.refused) << reading.why;
  if (test.type == "url") {
    EXPECT_EQ(reading.path, expected.path);
    EXPECT_EQ(reading.query, expected.query);
    return;
  }
  if (expected.error != 0) return;
  EXPECT_EQ(reading.heads, expected.heads);
  EXPECT_EQ(reading.messages, expected.messages);
  EXPECT_EQ(reading.body.size(), expected.body_bytes);
}

void expect_accepted(const LlhttpCase& test) {
  const Reading reading = read(test, input_of(test));
  EXPECT_FALSE(reading.refused) << reading.why;
}

int parts_so_far() { return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count(); }

TEST(Llhttp, IsReadAsItsOwnersDoExceptWhereWeDecidedOtherwise) {
  ASSERT_TRUE(std::filesystem::is_directory(kRoot)) << "the public vectors are missing: " << kRoot;
  const auto cases = read_llhttp_cases(kRoot);
  EXPECT_GE(cases.size(), 272u);
  std::map<std::string, Decision> unused = kDecisions;
  std::size_t passed = 0;
  for (const LlhttpCase& test : cases) {
    SCOPED_TRACE(test.name);
    const Expected expected = expected_of(test);
    const auto decision = kDecisions.find(test.name);
    const Verdict verdict = decision == kDecisions.end() ? verdict_of(test, expected) : decision->second.verdict;
    const int parts = parts_so_far();
    if (verdict == Verdict::Refuse) expect_refused(test);
    if (verdict == Verdict::Close) expect_closed(test);
    if (verdict == Verdict::Read) decision == kDecisions.end() ? expect_read(test, expected) : expect_accepted(test);
    if (decision == kDecisions.end()) {
      passed += parts_so_far() == parts;
      continue;
    }
    unused.erase(test.name);
    std::printf("excluded: %s: %s\n", test.name.c_str(), decision->second.why);
  }
  std::printf("llhttp: %zu passed / %zu applicable / %zu excluded\n", passed, cases.size() - kDecisions.size(),
              kDecisions.size());
  for (const auto& [name, decision] : unused) ADD_FAILURE() << "no such case: " << name;
}

TEST(Llhttp, IsReadTheSameHoweverItsBytesArrive) {
  for (const LlhttpCase& test : read_llhttp_cases(kRoot)) {
    const std::string input = input_of(test);
    const std::string_view method = test.type.starts_with("response") ? "GET" : "";
    const Reading at_once = MessageReader(input, method).assume_host().read();
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 31u}) {
      EXPECT_TRUE(MessageReader(input, method, piece).assume_host().read() == at_once)
          << test.name << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace mlgateway::http
