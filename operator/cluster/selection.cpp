#include "operator/cluster/selection.hpp"

#include <algorithm>

#include "operator/workload/workload.hpp"

namespace mlgateway::cluster {
namespace {

// More names help nobody.
constexpr std::size_t kMostNames = 5;

std::string names_text(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    text += (text.empty() ? "'" : ", '") + names[i] + "'";
  }
  return names.size() > kMostNames ? text + " and others" : text;
}

template <class Pods>
bool any_is(const api::VersionSpec& version, const Pods& pods) {
  return std::any_of(pods.begin(), pods.end(), [&](const auto& pod) { return workload::selects(version, pod.labels); });
}

}  // namespace

Selection selection_of(const api::MLRoute& route, const std::vector<workload::Pod>& pods,
                       const std::vector<workload::PlainPod>& plain) {
  Selection selection;
  for (const workload::PlainPod& pod : plain) {
    const auto is_it = [&](const api::VersionSpec& version) { return workload::selects(version, pod.labels); };
    if (std::any_of(route.versions.begin(), route.versions.end(), is_it)) selection.plain.push_back(pod.key.name);
  }
  for (const api::VersionSpec& version : route.versions) {
    if (version.pods && !any_is(version, pods) && !any_is(version, plain)) selection.empty.push_back(version.name);
  }
  return selection;
}

api::Verdict plain_pods(const Selection& selection) {
  const bool one = selection.plain.size() == 1;
  return {"False", "PodsWithoutSidecar",
          std::to_string(selection.plain.size()) + (one ? " pod has" : " pods have") +
              " the labels of a version and no sidecar, so that nothing guards the model there: " +
              names_text(selection.plain) + "; label the namespace or the pods mlgateway.io/inject=enabled, and have " +
              (one ? "it" : "them") + " made anew"};
}

api::Verdict open_ports(const Selection& selection) {
  return {"False", "ModelPortOpen", api::joined(selection.open) + "; policies add up, so that no other can close it"};
}

api::Verdict empty_versions(const Selection& selection) {
  return {"False", "VersionWithoutPods", "no pod has the labels of version " + names_text(selection.empty)};
}

}  // namespace mlgateway::cluster
