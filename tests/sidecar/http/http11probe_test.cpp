// Http11Probe's payloads against the parser alone; the journey tests send them through the whole gateway.
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/sidecar/http/message_reader.hpp"

namespace mlgateway::http {
namespace {

const char* const kCases = PROJECT_ROOT "/../shared/vectors/http11probe/cases.json";

// Cases that the suite wants or lets a server refuse, and that are no fault of syntax; each with what we do instead.
const std::map<std::string, const char*> kNotOurs = {
    {"COMP-METHOD-CASE", "a method is any token; the route answers 405"},
    {"COMP-UNKNOWN-METHOD", "a method is any token; the route answers 405"},
    {"COMP-METHOD-TRACE", "TRACE is well-formed; the route answers 405"},
    {"COMP-TRACE-SENSITIVE", "TRACE is well-formed; the route answers 405"},
    {"COMP-405-ALLOW", "the route answers 405 with Allow"},
    {"COMP-GET-WITH-CL-BODY", "GET with a body is legal (RFC 9110 9.3.1) and framed as told"},
    {"COMP-HTTP10-NO-HOST", "HTTP/1.0 has no Host (RFC 9112 3.2)"},
    {"MAL-CL-TAB-BEFORE-VALUE", "a HTAB is optional white space (RFC 9110 5.6.3)"},
};

std::string decode_base64(const std::string& text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char byte : text) {
    const auto value = std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").find(byte);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    if ((count += 6) < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFF);
  }
  return out;
}

// The suite's expectation begins with what it prefers: "`400` or close", "`2xx`", ...
bool prefers_refusal(const std::string& expected) {
  for (const char* status : {"`400`", "`405`", "`417`", "`501`", "Reject"}) {
    if (expected.starts_with(status)) return true;
  }
  return false;
}

// A request that never becomes complete may wait for the time-out instead.
bool lets_time_out(const std::string& expected) { return expected.find("timeout") != std::string::npos; }

TEST(Http11Probe, IsRefusedWhereItShouldBeAndReadWhereItMust) {
  std::ifstream file(kCases);
  ASSERT_TRUE(file) << "the public vectors are missing: " << kCases;
  std::size_t passed = 0, applicable = 0, excluded = 0;
  for (const auto& test : nlohmann::json::parse(file)) {
    const std::string id = test.at("id");
    const std::string expected = test.value("expected_doc", "");
    const std::string bytes = decode_base64(test.at("steps").at(0).at("payload_b64"));
    SCOPED_TRACE(id);
    const Reading reading = MessageReader(bytes, "").read();
    if (const auto reason = kNotOurs.find(id); reason != kNotOurs.end()) {
      ++excluded;
      EXPECT_FALSE(reading.refused) << reading.why;
      std::printf("excluded: %s: %s\n", id.c_str(), reason->second);
      continue;
    }
    ++applicable;
    const bool incomplete = !reading.refused && reading.messages == 0;
    const bool good = prefers_refusal(expected)       ? reading.refused || (incomplete && lets_time_out(expected))
                      : expected.starts_with("`2xx`") ? !reading.refused && reading.messages == 1
                                                      : true;
    EXPECT_TRUE(good) << expected << ", but " << (reading.refused ? reading.why : "accepted");
    passed += good;
  }
  std::printf("http11probe (heads and bodies): %zu passed / %zu applicable / %zu excluded\n", passed, applicable,
              excluded);
}

}  // namespace
}  // namespace mlgateway::http
