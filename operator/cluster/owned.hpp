// Makes objects that belong to a route as they should be.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "operator/cluster/writer.hpp"
#include "operator/kube/store.hpp"

namespace mlgateway::cluster {

// Applies `wanted`, which render::owned_by made for `route`; nothing is written that would not change. `known` is what
// the cache has of that name. The words are why it was not done: the object there is somebody else's.
std::string put_owned(const Writer& writer, const kube::Resource& resource, nlohmann::json wanted,
                      const nlohmann::json& route, kube::Object known, const std::stop_token& stop,
                      std::vector<kube::Fault>& faults);

}  // namespace mlgateway::cluster
