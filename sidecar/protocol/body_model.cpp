#include "sidecar/protocol/body_model.hpp"

#include <optional>

#include "sidecar/protocol/json_body.hpp"

namespace mlgateway::protocol {
namespace {

Error invalid(std::string message, std::string detail) {
  return Error(Reason::BodyInvalid, std::move(message), std::move(detail));
}

}  // namespace

struct BodyModelReader::Parser {
  JsonBody json;
};

BodyModelReader::BodyModelReader() : parser_(std::make_unique<Parser>()) {}
BodyModelReader::~BodyModelReader() = default;
BodyModelReader::BodyModelReader(BodyModelReader&&) noexcept = default;
BodyModelReader& BodyModelReader::operator=(BodyModelReader&&) noexcept = default;

Result<std::string_view> BodyModelReader::model_of_body(std::string& json) {
  auto found = find_model(json);
  parser_->json.rest();
  return found;
}

Result<std::string_view> BodyModelReader::find_model(std::string& json) {
  namespace dom = simdjson::dom;
  const auto root = parser_->json.parse(json, json.size());
  if (!root) return root.error();
  dom::object members;
  if (root->get(members)) return invalid("body: not an object", "the body must be a JSON object with a member /model");
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
