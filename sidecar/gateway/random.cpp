#include "sidecar/gateway/random.hpp"

namespace mlgateway::gateway {

std::string Random::id() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (std::size_t i = 0; i < text.size(); i += 16) {
    std::uint64_t bits = next();
    for (std::size_t j = 0; j < 16; ++j, bits >>= 4) text[i + j] = kDigits[bits & 15];
  }
  return text;
}

}  // namespace mlgateway::gateway
