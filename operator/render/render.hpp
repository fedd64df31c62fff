// An MLRoute and the keys that open it, as the route of the contract. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operator/api/mlroute.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::render {

// `key_sets` stand in the order of route.methods; Anonymous methods have none. `generation` is that of the spec that
// is rendered. The route's hash is filled in. The URLs must have been found good (route/semantics.hpp).
config::Route render(const api::MLRoute& route, std::int64_t generation,
                     std::vector<std::vector<config::KeySet>> key_sets);

// As status shows them: "v1=95,v2=5".
std::string weights_text(const config::Route& route);

}  // namespace mlgateway::render
