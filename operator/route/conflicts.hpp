// Two routes may not answer for the same requests. Pure.
//
// A route claims (protocol, host, model); MLflow names no model and claims (protocol, host); OpenAI and KServeV1 share
// their claims, since GET /v1/models/MODEL is a path of both; Generic routes claim (host, paths), and two paths overlap
// when one request could match both. No hostname is a claim of its own ("every other host"): a route that names a host
// goes before it. The older route wins, then the one whose namespace/name comes first.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "operator/route/world.hpp"

namespace mlgateway::route {

struct Conflict {
  api::ObjectKey winner;
  std::string claim;  // what both want, in words
};

// The routes that lose, each with the one that it lost to. Routes without a good version claim nothing, and neither
// do those that have lost.
std::map<api::ObjectKey, Conflict> find_conflicts(const std::vector<ObservedRoute>& routes);

}  // namespace mlgateway::route
