// What sidecars are to be like, said by name: the operator's `--sidecar NAME=VALUE`, and what a pod's annotations
// `config.mlgateway.io/NAME` override.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "operator/webhook/settings.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::webhook {

// The names: image, image-pull-policy, cpu-request, memory-request, cpu-limit, memory-limit, data-port, admin-port,
// peer-port, workers, log-level, propagation-delay, drain-timeout, model-containers (NAME,NAME).

// From "NAME=VALUE" texts, of which the image must be one. InvalidConfig with the name and what it must be.
Result<Settings> settings_from(const std::vector<std::string>& wishes);

// `settings` with what `annotations` (an object of strings, or null) override. InvalidConfig with the annotation and
// what it must be; an unknown one is refused, since nobody would enforce it.
Result<Settings> overridden(Settings settings, const nlohmann::json& annotations);

}  // namespace mlgateway::webhook
