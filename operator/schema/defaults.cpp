#include "operator/schema/defaults.hpp"

namespace mlgateway::schema {
namespace {

void apply_to_object(const Schema& schema, Json& object) {
  for (const auto& [name, property] : schema.properties) {
    auto found = object.find(name);
    const bool absent = found == object.end() || found->is_null();
    if (absent && property.default_value) object[name] = *property.default_value;
  }
  for (auto& [name, value] : object.items()) {
    const auto property = schema.properties.find(name);
    if (property != schema.properties.end()) apply_defaults(property->second, value);
  }
}

}  // namespace

void apply_defaults(const Schema& schema, Json& value) {
  if (value.is_object() && schema.additional) {
    for (Json& entry : value) apply_defaults(*schema.additional, entry);
  } else if (value.is_object()) {
    apply_to_object(schema, value);
  } else if (value.is_array() && schema.items) {
    for (Json& entry : value) apply_defaults(*schema.items, entry);
  }
}

}  // namespace mlgateway::schema
