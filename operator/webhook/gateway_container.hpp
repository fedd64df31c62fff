// What injection puts into a pod: the sidecar, its volumes, and the hook that a model container waits in.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "operator/webhook/settings.hpp"

namespace mlgateway::webhook {

// A native sidecar (KEP-753): an init container that is restarted always. As the *restricted* Pod Security profile
// wants it. `drain_token` is what /drain of the admin port asks for.
nlohmann::json gateway_container(const Settings& settings, const std::string& drain_token);

// The configuration: the workload's Secret, optional so that no pod waits for the operator, and the pod's own labels,
// which are how a sidecar knows its routes and version. One projected volume, so that one switch of `..data` brings
// both.
nlohmann::json config_volume(const std::string& secret);

// Where used quotas survive a restart of the container.
nlohmann::json state_volume();

// A preStop hook that asks the sidecar to drain and returns when it has.
nlohmann::json drain_hook(const Settings& settings, const std::string& drain_token);

// The longest that this hook takes.
std::int64_t drain_seconds(const Settings& settings);

}  // namespace mlgateway::webhook
