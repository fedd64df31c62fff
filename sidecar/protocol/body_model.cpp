#include "sidecar/protocol/body_model.hpp"

#include <optional>

#include "sidecar/protocol/json_value.hpp"

namespace mlgateway::protocol {
namespace {

Error invalid(std::string message, std::string detail) {
  return Error(Reason::BodyInvalid, std::move(message), std::move(detail));
}

}  // namespace

Result<std::string_view> BodyModelReader::model_of_body(std::string_view json) {
  auto found = find_model(json);
  outline_.rest();
  return found;
}

Result<std::string_view> BodyModelReader::find_model(std::string_view json) {
  const auto read = outline_.read(json);
  if (!read) return read.error();
  const JsonValue root(outline_);
  if (!root.is_object()) return invalid("body: not an object", "the body must be a JSON object with a member /model");
  std::optional<JsonValue> model;
  for (const auto& [key, value] : root.members()) {
    if (key != "model") continue;
    if (model) return invalid("body: two members model", "/model is there twice");
    model = value;
  }
  if (!model) return invalid("body: no member model", "/model is missing");
  const auto name = model->string(model_);
  if (!name) return invalid("body: model is no string", "/model must be a string");
  if (name->empty()) return invalid("body: model is empty", "/model must not be empty");
  if (name->data() != model_.data()) model_.assign(*name);
  return std::string_view(model_);
}

}  // namespace mlgateway::protocol
