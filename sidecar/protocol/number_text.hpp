// Numbers as their decimal text says them, without the rounding of a double.
#pragma once

#include <optional>
#include <string_view>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::protocol {

// The value of a JSON number (RFC 8259 section 6) in millionths, rounded up to the next; at most `most` + 1, whatever
// the text says beyond it. Nothing for a number below zero; "-0" and "-0.0e5" are zero.
std::optional<config::Millionths> millionths_of(std::string_view number, config::Millionths most);

}  // namespace mlgateway::protocol
