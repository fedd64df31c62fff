// Counting the body of one request in a test.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/protocol/quantities.hpp"

namespace mlgateway::protocol {

struct Sent {
  config::Protocol protocol = config::Protocol::OpenInferenceV2;
  std::string body;
  std::string content_type = "application/json";  // empty: no such field
  std::string json_size = {};                     // Inference-Header-Content-Length; empty: no such field
  std::string path = "/";
};

inline const Wanted kRows{.rows_and_elements = true, .pointers = {}, .valid_json = false};

// `sent` must outlive the head, which is only good for counting.
inline http::RequestHead head_of(const Sent& sent) {
  http::RequestHead head;
  head.method = "POST";
  head.path = sent.path;
  if (!sent.content_type.empty()) {
    head.fields.push({"Content-Type", sent.content_type, http::FieldId::ContentType});
  }
  if (!sent.json_size.empty()) head.fields.push({"Inference-Header-Content-Length", sent.json_size});
  return head;
}

inline Result<Counted> counted(Sent sent, const Wanted& wanted = kRows) {
  QuantityReader reader;
  const auto head = head_of(sent);
  const std::string before = sent.body;
  auto result = reader.count(sent.protocol, head, sent.body, wanted);
  EXPECT_EQ(sent.body, before);
  return result;
}

// What the caller is told; empty when the body was counted.
inline std::string refusal(Sent sent, const Wanted& wanted = kRows) {
  const auto result = counted(std::move(sent), wanted);
  if (result) return "";
  EXPECT_EQ(result.error().reason, Reason::BodyInvalid);
  return result.error().detail;
}

// "rows elements", or what the caller is told.
inline std::string counts(Sent sent) {
  const auto result = counted(sent);
  return result ? std::to_string(result->rows) + " " + std::to_string(result->elements) : refusal(std::move(sent));
}

}  // namespace mlgateway::protocol
