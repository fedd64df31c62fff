// SHA-256 and its text: the only form in which a key is ever stored or compared.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

// Safe from any thread. Costs well under half a microsecond for a key. Ends the process if the library cannot hash at
// all, since nothing may pass unhashed.
Digest sha256(std::string_view bytes);

// The same of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  Digest finish();  // once, at the end

 private:
  struct alignas(8) Context {
    std::byte bytes[128];
  };
  Context context_;  // the library's own structure, whose header stays out of this one
};

// Two lower-case digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

// Exactly 64 hexadecimal digits of either case; nothing for any other text.
std::optional<Digest> digest_from_hex(std::string_view text);

}  // namespace mlgateway::config
