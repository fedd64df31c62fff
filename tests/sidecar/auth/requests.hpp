// Fields of a request as the strict check leaves them.
#pragma once

#include <string_view>

#include "sidecar/http/message.hpp"

namespace mlgateway::http {

inline Field field(std::string_view name, std::string_view value) { return {name, value, FieldId::Other, false}; }

inline Field authorization(std::string_view value) { return {"Authorization", value, FieldId::Authorization, false}; }

}  // namespace mlgateway::http
