// The certificates that routes are served with, as metrics.
#pragma once

#include <vector>

#include <prometheus/metric_family.h>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::admin {

// When each expires, by namespace and Secret. Nothing where no route has one.
void append_certificates(std::vector<prometheus::MetricFamily>& out, const config::GatewayConfig& config);

}  // namespace mlgateway::admin
