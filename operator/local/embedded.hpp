// The schemas that the program carries: those of crds/, and ours for the kinds that Kubernetes itself defines.
#pragma once

#include <string_view>

namespace mlgateway::local {

extern const std::string_view kMlRoutesCrd;
extern const std::string_view kMlQuotasCrd;
extern const std::string_view kCoreSchemas;

}  // namespace mlgateway::local
