// A request head that is parsed on construction, for tests.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "sidecar/http/strict.hpp"

namespace mlgateway::http {

// A whole head made of a first line and field lines.
inline std::string head_of(const std::string& request_line, const std::string& fields = "Host: a\r\n") {
  return request_line + "\r\n" + fields + "\r\n";
}

// Parses on construction; keeps the bytes that the views point into.
struct ParsedRequest {
  explicit ParsedRequest(std::string text)
      : bytes(std::move(text)), status(parse_request_head(bytes, HeadLimits{}, head)) {}

  bool ok() const { return status.ok(); }
  Reason reason() const { return status.error().reason; }

  std::string bytes;
  RequestHead head;
  Status status;
};

inline ParsedRequest with_target(const std::string& target) {
  return ParsedRequest(head_of("GET " + target + " HTTP/1.1"));
}
inline ParsedRequest with_fields(const std::string& fields) {
  return ParsedRequest(head_of("POST / HTTP/1.1", "Host: a\r\n" + fields));
}

inline void expect_refused(const ParsedRequest& parsed, Reason reason = Reason::MalformedRequest) {
  ASSERT_FALSE(parsed.ok()) << testing::PrintToString(parsed.bytes);
  EXPECT_EQ(name(parsed.reason()), name(reason)) << testing::PrintToString(parsed.bytes);
}

}  // namespace mlgateway::http
