// Millionths as people read them: 1400000 is "1.4".
#pragma once

#include <cstdint>
#include <string>

namespace mlgateway {

// The longest text: sign, thirteen digits before the point, six behind it, with room to spare.
inline constexpr int kMaxDecimal = 24;

// Writes to `out`, which has room for kMaxDecimal; returns the end. No needless zeros: "1.4", "10", "0".
char* write_decimal(char* out, std::int64_t millionths);

std::string decimal_text(std::int64_t millionths);

}  // namespace mlgateway
