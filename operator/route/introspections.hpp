// From what a route's Introspection method refers to, to whom its sidecars ask. Pure.
//
// Without its secret or its authorities nobody is asked: its tokens are answered 503, and nobody else's are affected.
#pragma once

#include <vector>

#include "operator/api/mlroute.hpp"
#include "operator/render/render.hpp"
#include "operator/route/keys.hpp"
#include "operator/route/world.hpp"

namespace mlgateway::route {

struct Introspections {
  render::Introspections by_method;
  // Those of read_reference and read_authorities, and InvalidClientSecret.
  std::vector<KeyProblem> problems;
};

Introspections collect_introspections(const api::MLRoute& route, const World& world);

}  // namespace mlgateway::route
