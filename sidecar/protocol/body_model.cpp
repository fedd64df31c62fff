#include "sidecar/protocol/body_model.hpp"

#include <algorithm>
#include <optional>

#include <simdjson.h>

namespace mlgateway::protocol {
namespace {

static_assert(kBodyPadding >= simdjson::SIMDJSON_PADDING);

// simdjson keeps about fourteen bytes for each byte of its capacity; beyond this they are given back after use.
constexpr std::size_t kKeptCapacity = 256u << 10;
constexpr std::size_t kFirstCapacity = 4u << 10;

Error invalid(std::string message, std::string detail) {
  return Error(Reason::BodyInvalid, std::move(message), std::move(detail));
}

}  // namespace

struct BodyModelReader::Parser {
  simdjson::dom::parser json;
};

BodyModelReader::BodyModelReader() : parser_(std::make_unique<Parser>()) {}
BodyModelReader::~BodyModelReader() = default;
BodyModelReader::BodyModelReader(BodyModelReader&&) noexcept = default;
BodyModelReader& BodyModelReader::operator=(BodyModelReader&&) noexcept = default;

Result<std::string_view> BodyModelReader::model_of_body(std::string& json) {
  auto found = find_model(json);
  if (parser_->json.capacity() > kKeptCapacity) parser_ = std::make_unique<Parser>();
  return found;
}

Result<std::string_view> BodyModelReader::find_model(std::string& json) {
  namespace dom = simdjson::dom;
  json.reserve(json.size() + kBodyPadding);
  if (parser_->json.capacity() < json.size() || parser_->json.max_depth() != kMaxBodyDepth) {
    const auto failed = parser_->json.allocate(std::max(json.size(), kFirstCapacity), kMaxBodyDepth);
    if (failed) return Error(Reason::Internal, "no memory to read a body");
  }
  dom::element root;
  if (const auto failed = parser_->json.parse(json.data(), json.size(), false).get(root)) {
    return invalid(std::string("body: ") + simdjson::error_message(failed), "the body is not valid JSON");
  }
  dom::object members;
  if (root.get(members)) return invalid("body: not an object", "the body must be a JSON object with a member /model");
  std::optional<dom::element> model;
  for (const auto& [key, value] : members) {
    if (key != "model") continue;
    if (model) return invalid("body: two members model", "/model is there twice");
    model = value;
  }
  if (!model) return invalid("body: no member model", "/model is missing");
  std::string_view name;
  if (model->get(name)) return invalid("body: model is no string", "/model must be a string");
  if (name.empty()) return invalid("body: model is empty", "/model must not be empty");
  model_.assign(name);
  return std::string_view(model_);
}

}  // namespace mlgateway::protocol
