#include "sidecar/protocol/json_body.hpp"

#include <algorithm>

#include "sidecar/protocol/body_model.hpp"

namespace mlgateway::protocol {
namespace {

static_assert(kBodyPadding >= simdjson::SIMDJSON_PADDING);

// simdjson keeps about fourteen bytes for each byte of its capacity; beyond this they are given back after use.
constexpr std::size_t kKeptCapacity = 256u << 10;
constexpr std::size_t kFirstCapacity = 4u << 10;
// The depth that simdjson refuses.
constexpr std::size_t kRefusedDepth = kMaxBodyDepth + 1;

Error refusal(simdjson::error_code failed) {
  std::string message = std::string("body: ") + simdjson::error_message(failed);
  if (failed != simdjson::DEPTH_ERROR) return {Reason::BodyInvalid, std::move(message), "the body is not valid JSON"};
  return {Reason::BodyInvalid, std::move(message),
          "the body has more than " + std::to_string(kMaxBodyDepth) + " objects and arrays in one another"};
}

}  // namespace

JsonBody::JsonBody() : parser_(std::make_unique<simdjson::dom::parser>()) {}

Result<simdjson::dom::element> JsonBody::parse(std::string& body, std::size_t size) {
  body.reserve(body.size() + kBodyPadding);
  if (parser_->capacity() < size || parser_->max_depth() != kRefusedDepth) {
    const auto failed = parser_->allocate(std::max(size, kFirstCapacity), kRefusedDepth);
    if (failed) return Error(Reason::Internal, "no memory to read a body");
  }
  simdjson::dom::element root;
  if (const auto failed = parser_->parse(body.data(), size, false).get(root)) return refusal(failed);
  return root;
}

void JsonBody::rest() {
  if (parser_->capacity() > kKeptCapacity) parser_ = std::make_unique<simdjson::dom::parser>();
}

}  // namespace mlgateway::protocol
