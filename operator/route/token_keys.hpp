// From what a route's JWT methods refer to, to the keys that tokens are verified with. Pure.
//
// A key set that is not there or cannot be read leaves its method without keys: its tokens are answered 503, and nobody
// else's are affected.
#pragma once

#include <string>
#include <vector>

#include "operator/api/mlroute.hpp"
#include "operator/api/route_status.hpp"
#include "operator/render/render.hpp"
#include "operator/route/keys.hpp"
#include "operator/route/world.hpp"

namespace mlgateway::route {

struct TokenKeys {
  std::vector<render::TokenKeys> by_method;  // in the order of the route's methods; empty for other types
  std::vector<api::TokenKeyStatus> status;
  // RefNotPermitted, SecretNotFound, ConfigMapNotFound, SecretInvalid, ConfigMapInvalid, InvalidKeySet,
  // InvalidCertificate
  std::vector<KeyProblem> problems;
};

TokenKeys collect_token_keys(const api::MLRoute& route, const World& world);

}  // namespace mlgateway::route
