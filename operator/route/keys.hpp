// From Secrets to the keys that open a route, and what is wrong with those that do not. Pure.
//
// Whatever is not understood opens nothing: a weak key, a digest that is none, an expiry that cannot be read, a key
// that two callers share. Each is named by Secret and entry, never by value.
#pragma once

#include <string>
#include <vector>

#include "operator/api/mlroute.hpp"
#include "operator/api/route_status.hpp"
#include "operator/route/world.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::route {

inline constexpr const char* kUseLabel = "mlgateway.io/use";
inline constexpr const char* kTenantLabel = "mlgateway.io/tenant";
inline constexpr const char* kExpiresAnnotation = "mlgateway.io/expires";

// Shorter keys can be guessed.
inline constexpr std::size_t kLeastKeyBytes = 16;
// Longer ones would not fit a request's head beside anything else.
inline constexpr std::size_t kMostKeyBytes = 4096;

// Something about the references of a route that people must hear of.
struct KeyProblem {
  std::string reason;  // RefNotPermitted, SecretNotFound, SecretInvalid, InvalidKeys; see also reference, token_keys,
                       // introspections
  std::string words;
};

struct Keys {
  std::vector<std::vector<config::KeySet>> by_method;  // in the order of the route's methods
  std::vector<api::KeySetStatus> status;
  std::vector<KeyProblem> problems;
};

// `secrets` are sorted by key.
Keys collect_keys(const api::MLRoute& route, const std::vector<ObservedSecret>& secrets, WallTime now);

}  // namespace mlgateway::route
