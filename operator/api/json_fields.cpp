#include "operator/api/json_fields.hpp"

#include "operator/api/decimal.hpp"
#include "operator/api/duration.hpp"
#include "operator/api/quantity.hpp"

namespace mlgateway::api {

using Json = nlohmann::json;

const Json& member(const Json& object, const char* name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

config::Milliseconds duration_from(const Json& json) {
  return parse_duration(json.get_ref<const std::string&>()).value();
}

std::uint64_t bytes_from(const Json& json) {
  if (json.is_number()) return json.get<std::uint64_t>();
  return static_cast<std::uint64_t>(parse_quantity(json.get_ref<const std::string&>()).value());
}

config::Millionths decimal_from(const Json& json) { return parse_decimal(json.get_ref<const std::string&>()).value(); }

}  // namespace mlgateway::api
