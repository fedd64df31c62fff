// Label selectors as Kubernetes' own objects have them (metav1.LabelSelector).
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::kube {

// Whether `selector` selects an object with these labels. An empty selector selects everything; an operator that is not
// known here selects nothing.
bool selects(const nlohmann::json& selector, const std::map<std::string, std::string>& labels);

}  // namespace mlgateway::kube
