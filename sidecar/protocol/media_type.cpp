#include "sidecar/protocol/media_type.hpp"

#include "sidecar/http/character.hpp"

namespace mlgateway::protocol {

bool MediaType::is(std::string_view name) const { return http::equals_ignoring_case(name_, name); }

bool MediaType::is_json() const {
  constexpr std::string_view kSuffix = "+json";
  if (is("application/json")) return true;
  return name_.size() > kSuffix.size() &&
         http::equals_ignoring_case(name_.substr(name_.size() - kSuffix.size()), kSuffix);
}

MediaType media_type_of(const http::Fields& fields) {
  const http::Field* const type = fields.find(http::FieldId::ContentType);
  if (type == nullptr) return MediaType({});
  return MediaType(http::trim(type->value.substr(0, type->value.find(';'))));
}

}  // namespace mlgateway::protocol
