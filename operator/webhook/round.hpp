// What one look at the certificates found.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "operator/webhook/authority.hpp"

namespace mlgateway::webhook {

struct Round {
  std::optional<Pair> serving;  // what callers are to be shown; none: nothing good is known
  std::string not_ready;        // why the API server would not believe it; empty: it does
  std::chrono::seconds again;   // when to look again
};

}  // namespace mlgateway::webhook
