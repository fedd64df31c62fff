// What must hold for whatever bytes arrive as a body that is counted. Says which property is broken, nothing when all
// hold.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sidecar/protocol/quantities.hpp"

namespace mlgateway::protocol {

// A way in which a body may be sent; those of OpenAI have paths of their own.
struct Way {
  config::Protocol protocol;
  const char* content_type;
  const char* path;
};
inline constexpr std::array kWays = {
    Way{config::Protocol::OpenInferenceV2, "application/octet-stream", "/v2/models/m/infer"},
    Way{config::Protocol::KServeV1, "application/json", "/v1/models/m:predict"},
    Way{config::Protocol::OpenAI, "application/json", "/v1/chat/completions"},
    Way{config::Protocol::OpenAI, "application/json", "/v1/completions"},
    Way{config::Protocol::OpenAI, "application/json", "/v1/embeddings"},
    Way{config::Protocol::OpenAI, "application/json", "/v1/responses"},
    Way{config::Protocol::MLflow, "application/json", "/invocations"},
    Way{config::Protocol::MLflow, "text/csv; charset=utf-8", "/invocations"},
    Way{config::Protocol::TorchServe, "application/json", "/predictions/m"},
    Way{config::Protocol::TorchServe, "image/png", "/predictions/m"},
    Way{config::Protocol::Generic, "application/json", "/"},
};

// The members of all objects, when each name counts once.
inline std::size_t distinct_members(const nlohmann::json& value) {
  std::size_t members = value.is_object() ? value.size() : 0;
  if (!value.is_structured()) return 0;
  for (const auto& inner : value) members += distinct_members(inner);
  return members;
}

inline const char* broken_json_property(std::string_view text) {
  std::size_t keys = 0;
  const auto count_keys = [&](int, nlohmann::json::parse_event_t event, nlohmann::json&) {
    keys += event == nlohmann::json::parse_event_t::key;
    return true;
  };
  const auto read = nlohmann::json::parse(text, count_keys, false);
  if (read.is_discarded()) return "what was accepted as JSON is none to another reader";
  return keys == distinct_members(read) ? nullptr : "a member that is there twice was accepted";
}

// A factor that multiplies rows, and tensors that are elsewhere, make more of a body than its bytes.
inline bool is_bounded_by_its_bytes(std::string_view body) {
  for (const char* word : {"\"n\"", "best_of", "shared_memory", "\\u"}) {
    if (body.find(word) != std::string_view::npos) return false;
  }
  return true;
}

inline const char* broken_count_property(const Way& way, const Counted& counted, std::string_view body) {
  if (counted.json_size > body.size()) return "the JSON part is larger than the body";
  const bool sent_as_json = std::string_view(way.content_type).starts_with("application/");
  if (counted.json != sent_as_json) return "the content type does not tell whether the body is JSON";
  if (counted.json) {
    if (const char* const broken = broken_json_property(body.substr(0, counted.json_size))) return broken;
  }
  if (!is_bounded_by_its_bytes(body)) return nullptr;
  const std::uint64_t most = std::max<std::uint64_t>(body.size(), 1);
  return counted.rows > most || counted.elements > most ? "more was counted than there are bytes" : nullptr;
}

// `json_size`: the field Inference-Header-Content-Length; empty for none.
inline const char* broken_property(QuantityReader& reader, const Way& way, const std::string& json_size,
                                   std::string body) {
  static const std::vector<config::CostTerm> terms = {
      {config::Quantity::Pointer, config::kOne, "/n", 1000 * config::kOne, config::kOne},
      {config::Quantity::Pointer, config::kOne, "/parameters/beam~1width", config::kMostMillionths, 0},
      {config::Quantity::Pointer, config::kOne, "/inputs/0/shape/1", config::kMostMillionths, 0},
  };
  http::RequestHead head;
  head.path = way.path;
  head.fields.push({"Content-Type", way.content_type, http::FieldId::ContentType});
  if (!json_size.empty()) head.fields.push({"Inference-Header-Content-Length", json_size});
  const std::string before = body;
  const auto rows =
      reader.count(way.protocol, head, body, {.rows_and_elements = true, .pointers = terms, .valid_json = false});
  const auto valid =
      reader.count(way.protocol, head, body, {.rows_and_elements = false, .pointers = {}, .valid_json = true});
  const auto again =
      reader.count(way.protocol, head, body, {.rows_and_elements = true, .pointers = {}, .valid_json = false});
  if (body != before) return "the body was changed";
  if (rows && !(valid && again)) return "what was counted is not valid the second time";
  for (const auto* result : {&rows, &valid, &again}) {
    if (!*result && (result->error().reason == Reason::Internal || result->error().detail.empty())) {
      return "a refusal does not say what is wrong";
    }
  }
  if (rows && (rows->rows != again->rows || rows->elements != again->elements)) return "counts differ";
  if (rows && rows->pointed.size() != terms.size()) return "a pointed number is missing";
  if (rows && (rows->pointed[0] < 0 || rows->pointed[0] > terms[0].max)) return "a pointed number is out of range";
  return rows ? broken_count_property(way, *rows, body) : nullptr;
}

}  // namespace mlgateway::protocol
