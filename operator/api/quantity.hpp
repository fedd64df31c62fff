// Quantities of bytes as Kubernetes writes them: "8Mi", "1G", "500".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mlgateway::api {

// A whole number, up to 16 digits, and one of k M G T (powers of 1000) or Ki Mi Gi Ti (powers of 1024); none for
// anything else and for what does not fit 63 bits.
std::optional<std::int64_t> parse_quantity(std::string_view text);

}  // namespace mlgateway::api
