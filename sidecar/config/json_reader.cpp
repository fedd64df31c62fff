#include "sidecar/config/json_reader.hpp"

#include <algorithm>

namespace mlgateway::config {
namespace {

// Stands in for what is not there. Reading it adds faults, but after the first one nobody hears of them.
const nlohmann::json& nothing() {
  static const nlohmann::json null;
  return null;
}

}  // namespace

std::string JsonValue::text() const {
  if (const auto* text = json_->get_ptr<const std::string*>()) return *text;
  fail("must be a string");
  return {};
}

bool JsonValue::flag() const {
  if (const auto* flag = json_->get_ptr<const bool*>()) return *flag;
  fail("must be true or false");
  return false;
}

std::int64_t JsonValue::integer(std::int64_t least, std::int64_t most) const {
  if (!json_->is_number_integer()) {
    fail("must be an integer");
    return least;
  }
  if (json_->is_number_unsigned() && json_->get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
    fail("must be at most " + std::to_string(most) + ", is " + std::to_string(json_->get<std::uint64_t>()));
    return least;
  }
  const auto value = json_->get<std::int64_t>();
  fault_->unless_between(least, most, place_, value);
  return value;
}

std::map<std::string, std::string> JsonValue::texts_by_name() const {
  std::map<std::string, std::string> texts;
  if (!is_object()) return texts;
  for (const auto& [name, value] : json_->items()) {
    const JsonValue member(value, place_ / name, *fault_);
    texts.emplace(name, member.text());
  }
  return texts;
}

bool JsonValue::is_array() const {
  if (!json_->is_array()) fail("must be a list");
  return json_->is_array();
}

bool JsonValue::is_object() const {
  if (!json_->is_object()) fail("must be an object");
  return json_->is_object();
}

JsonValue JsonObject::at(std::string_view field) {
  const nlohmann::json* found = look(field);
  if (found == nullptr) value_.fault_->add(value_.place_ / field, "is missing");
  return {found ? *found : nothing(), value_.place_ / field, *value_.fault_};
}

std::optional<JsonValue> JsonObject::find(std::string_view field) {
  const nlohmann::json* found = look(field);
  if (found == nullptr) return std::nullopt;
  return JsonValue(*found, value_.place_ / field, *value_.fault_);
}

void JsonObject::refuse_others() const {
  if (!is_object_) return;
  for (const auto& [name, value] : value_.json_->items()) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      value_.fault_->add(value_.place_ / name, "is not a field of the contract");
    }
  }
}

const nlohmann::json* JsonObject::look(std::string_view field) {
  known_.push_back(field);
  if (!is_object_) return nullptr;
  const auto found = value_.json_->find(field);
  return found == value_.json_->end() ? nullptr : &*found;
}

}  // namespace mlgateway::config
