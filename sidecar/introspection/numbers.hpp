// What is known of one provider that is asked about tokens, for metrics.
#pragma once

#include <cstdint>
#include <string>

namespace mlgateway::introspection {

struct Numbers {
  std::string issuer;
  std::string url;
  std::uint64_t active = 0;   // answers about good tokens,
  std::uint64_t refused = 0;  // about others,
  std::uint64_t failed = 0;   // and questions without one
  std::uint64_t shed = 0;  // questions that were not asked, because the provider had failed or too many were under way
  bool open = false;       // a circuit breaker: it is not asked
  std::string error;       // of the last question; empty: there was an answer
};

}  // namespace mlgateway::introspection
