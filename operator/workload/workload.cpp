#include "operator/workload/workload.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "sidecar/config/render.hpp"

namespace mlgateway::workload {
namespace {

// The names of the versions that any of `pods` is.
std::set<std::string> hosted_by(const std::vector<Pod>& pods, const api::MLRoute& route) {
  std::set<std::string> hosted;
  for (const api::VersionSpec& version : route.versions) {
    const auto is_one = [&](const Pod& pod) { return selects(version, pod.labels); };
    if (std::any_of(pods.begin(), pods.end(), is_one)) hosted.insert(version.name);
  }
  return hosted;
}

std::vector<std::string> versions_apart(const api::MLRoute& route, const std::set<std::string>& hosted) {
  std::vector<std::string> apart;
  for (const api::VersionSpec& version : route.versions) {
    if (version.pods && !hosted.contains(version.name)) apart.push_back(version.name);
  }
  return apart;
}

// Weights sum to 100 again, in the old proportions; where all were zero, the first takes everything.
void share_out(std::vector<config::Version>& versions) {
  std::uint32_t sum = 0;
  for (const config::Version& version : versions) sum += version.weight;
  if (sum == 100) return;
  if (sum == 0) {
    versions.front().weight = 100;
    return;
  }
  std::uint32_t left = 100;
  for (config::Version& version : versions) left -= version.weight = version.weight * 100 / sum;
  for (config::Version& version : versions) {
    if (left == 0) return;
    if (version.weight == 0) continue;
    ++version.weight;
    --left;
  }
}

config::GatewayConfig config_of(Workload& workload, const std::vector<api::MLRoute>& specs,
                                const config::GatewayConfig& all) {
  config::GatewayConfig config;
  std::set<std::string> quotas;
  for (const config::Route& route : all.routes) {
    const auto spec = std::find_if(specs.begin(), specs.end(), [&](const auto& s) { return s.key.name == route.name; });
    if (spec == specs.end()) continue;
    const auto hosted = hosted_by(workload.pods, *spec);
    if (hosted.empty()) continue;
    if (auto apart = versions_apart(*spec, hosted); !apart.empty()) workload.apart[spec->key] = std::move(apart);
    config::Route part = part_of(route, *spec, hosted);
    part.hash = config::route_hash(part, all.quotas);
    quotas.insert(part.quotas.begin(), part.quotas.end());
    config.routes.push_back(std::move(part));
  }
  for (const config::Quota& quota : all.quotas) {
    if (quotas.contains(quota.name)) config.quotas.push_back(quota);
  }
  return config;
}

}  // namespace

bool selects(const api::VersionSpec& version, const config::Labels& labels) {
  if (!version.pods) return false;
  const config::Labels& wanted = version.pods->match_labels;
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && found->second == label.second;
  });
}

config::Route part_of(config::Route route, const api::MLRoute& spec, const std::set<std::string>& hosted) {
  const auto apart = versions_apart(spec, hosted);
  const auto is_apart = [&](const std::string& name) {
    return std::find(apart.begin(), apart.end(), name) != apart.end();
  };
  std::erase_if(route.versions, [&](const config::Version& version) { return is_apart(version.name); });
  std::erase_if(route.split.overrides, [&](const config::Override& rule) { return is_apart(rule.version); });
  if (!route.versions.empty()) share_out(route.versions);
  return route;
}

std::vector<Workload> workloads_of(const std::vector<Pod>& pods, const std::vector<api::MLRoute>& specs,
                                   const config::GatewayConfig& all) {
  std::map<std::string, Workload> by_secret;
  for (const Pod& pod : pods) by_secret[pod.secret].pods.push_back(pod);
  std::vector<Workload> workloads;
  for (auto& [secret, workload] : by_secret) {
    workload.secret = secret;
    workload.config = config_of(workload, specs, all);
    workloads.push_back(std::move(workload));
  }
  return workloads;
}

}  // namespace mlgateway::workload
