// What is known of the keys of one origin, for metrics and /state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sidecar/base/clock.hpp"

namespace mlgateway::jwks {

struct Numbers {
  std::string issuer;
  std::string url;
  std::uint64_t fetched = 0;  // times that it went well
  std::uint64_t failed = 0;   // and not
  std::size_t keys = 0;       // that are in use
  std::optional<Instant> last_fetched;
  std::string error;  // of the last attempt; empty: it went well
};

}  // namespace mlgateway::jwks
