#include "operator/cluster/service_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "operator/api/programmed.hpp"
#include "operator/cluster/owned.hpp"
#include "operator/kube/json_text.hpp"
#include "operator/render/service.hpp"
#include "operator/workload/labels.hpp"
#include "operator/workload/names.hpp"

namespace mlgateway::cluster {
namespace {

using Json = nlohmann::json;

std::set<std::string> routes_of(const workload::Pod& pod, const std::vector<api::MLRoute>& routes) {
  std::set<std::string> names;
  for (const api::MLRoute& route : routes) {
    const auto is_it = [&](const api::VersionSpec& version) { return workload::selects(version, pod.labels); };
    if (std::any_of(route.versions.begin(), route.versions.end(), is_it)) names.insert(route.key.name);
  }
  return names;
}

// Of `serves`, those that the sidecar runs as they were rendered for it.
std::set<std::string> run_by(const workload::Pod& pod, const std::set<std::string>& serves,
                             const workload::Workload& workload, const Reports& reports) {
  std::set<std::string> names;
  const auto report = reports.find(pod.key);
  if (report == reports.end()) return names;
  const auto& loaded = report->second.routes;
  for (const config::Route& route : workload.config.routes) {
    if (!serves.contains(route.name)) continue;
    if (std::find(loaded.begin(), loaded.end(), api::as_loaded(route)) != loaded.end()) names.insert(route.name);
  }
  return names;
}

// The number: names of a native sidecar's ports are found by Services since Kubernetes 1.32 only. Where pods differ in
// it, the name is all there is.
Json target_port(const api::ObjectKey& route, const std::vector<workload::Workload>& workloads) {
  std::set<std::uint16_t> ports;
  for (const workload::Workload& workload : workloads) {
    const auto& routes = workload.config.routes;
    const auto is_it = [&](const config::Route& each) { return each.name == route.name; };
    if (std::none_of(routes.begin(), routes.end(), is_it)) continue;
    for (const workload::Pod& pod : workload.pods) ports.insert(pod.data_port);
  }
  if (ports.empty()) return workload::kUsualDataPort;
  return ports.size() == 1 ? Json(*ports.begin()) : Json(workload::kDataPort);
}

}  // namespace

std::string ServiceWriter::write(const Json& route, const std::vector<workload::Workload>& workloads,
                                 const std::stop_token& stop, std::vector<kube::Fault>& faults) const {
  const api::ObjectKey key = kube::key_of(route);
  Json wanted = render::service(route, workload::route_label(key.name), target_port(key, workloads));
  kube::Object known = caches_.service(kube::key_of(wanted));
  return put_owned(writer_, kube::kServices, std::move(wanted), route, std::move(known), stop, faults);
}

void ServiceWriter::label(const workload::Workload& workload, const std::vector<api::MLRoute>& routes,
                          const Reports& reports, const std::stop_token& stop, std::vector<kube::Fault>& faults) const {
  for (const workload::Pod& pod : workload.pods) {
    if (pod.leaving) continue;
    const std::set<std::string> serves = routes_of(pod, routes);
    const Json changes = workload::label_changes(pod, serves, run_by(pod, serves, workload, reports));
    if (changes.empty()) continue;
    const Json patch = {{"metadata", {{"labels", changes}}}};
    const auto patched = writer_.send(kube::merge_patch(kube::kPods, pod.key, patch, workload::kManager), stop);
    // A pod that is gone needs no label.
    if (!patched && patched.fault().kind != kube::FaultKind::NotFound) faults.push_back(patched.fault());
  }
}

}  // namespace mlgateway::cluster
