// Where a version answers, as the manifest writes it: http://HOST:PORT.
#pragma once

#include <optional>
#include <string_view>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::api {

// None when it is not of that form, when the port is not 1 to 65535, or when a host in brackets is no IPv6 address.
std::optional<config::Endpoint> parse_upstream_url(std::string_view url);

}  // namespace mlgateway::api
