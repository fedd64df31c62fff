#include "sidecar/http/message.hpp"

#include "sidecar/http/character.hpp"

namespace mlgateway::http {

const Field* Fields::find(FieldId id) const {
  for (const Field& field : all()) {
    if (field.id == id) return &field;
  }
  return nullptr;
}

const Field* Fields::find(std::string_view name) const {
  for (const Field& field : all()) {
    if (equals_ignoring_case(field.name, name)) return &field;
  }
  return nullptr;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (to_lower(left[i]) != to_lower(right[i])) return false;
  }
  return true;
}

}  // namespace mlgateway::http
