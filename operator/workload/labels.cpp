#include "operator/workload/labels.hpp"

#include "operator/workload/names.hpp"

namespace mlgateway::workload {

using Json = nlohmann::json;

std::string route_label(const std::string& route) { return kRouteLabelPrefix + route; }

Json label_changes(const Pod& pod, const std::set<std::string>& serves, const std::set<std::string>& runs) {
  Json changes = Json::object();
  const std::string prefix = kRouteLabelPrefix;
  for (const auto& [label, value] : pod.labels) {
    if (label.starts_with(prefix) && !serves.contains(label.substr(prefix.size()))) changes[label] = nullptr;
  }
  for (const std::string& route : runs) {
    const std::string label = route_label(route);
    const auto known = pod.labels.find(label);
    if (known == pod.labels.end() || known->second != "true") changes[label] = "true";
  }
  return changes;
}

}  // namespace mlgateway::workload
