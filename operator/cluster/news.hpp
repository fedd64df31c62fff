// What of a status a person should notice when it comes to be. Pure.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "operator/api/condition.hpp"
#include "operator/kube/event.hpp"

namespace mlgateway::cluster {

// The events about `object`, whose conditions were `before` and are `now`. What stays as it is is no news, and neither
// is what passes by itself, such as a sidecar that has not loaded a change yet.
std::vector<kube::Event> news_of(const nlohmann::json& object, const api::Conditions& before,
                                 const api::Conditions& now);

}  // namespace mlgateway::cluster
