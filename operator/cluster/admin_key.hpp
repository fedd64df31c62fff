// The key that the sidecars' tokens are derived from: one for the installation, in a Secret beside the operator.
#pragma once

#include <stop_token>
#include <string>

#include "operator/cluster/writer.hpp"

namespace mlgateway::cluster {

inline constexpr const char* kAdminKeySecret = "mlgateway-operator-key";

// Reads it, or makes it where there is none. Whoever deletes the Secret has new tokens at the operator's next start.
kube::Reply<std::string> admin_key(const Writer& writer, const std::string& namespace_name,
                                   const std::stop_token& stop);

}  // namespace mlgateway::cluster
