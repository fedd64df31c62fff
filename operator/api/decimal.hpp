// Decimal strings, exactly: prices, costs and amounts are never floats.
#pragma once

#include <optional>
#include <string_view>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::api {

// One to twelve digits and, behind a point, one to six; none for anything else. "0.25" is 250000 millionths.
std::optional<config::Millionths> parse_decimal(std::string_view text);

}  // namespace mlgateway::api
