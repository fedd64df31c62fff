// Durations as Gateway API writes them (GEP-2257): "1h30m", "250ms".
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mlgateway::api {

// One to four of NUMBER and unit (h, m, s, ms), each NUMBER with at most five digits; none for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace mlgateway::api
