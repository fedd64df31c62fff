// The merged numbers under the names and labels that dashboards rely on. A name here is stable interface.
#pragma once

#include <vector>

#include <prometheus/metric_family.h>

#include "sidecar/observe/merged.hpp"

namespace mlgateway::observe {

// By route and version: requests, durations, in flight, refusals, bytes.
void append_routes(std::vector<prometheus::MetricFamily>& out, const Merged& merged);

// By process: connections on both sides, and the gateway's own time.
void append_connections(std::vector<prometheus::MetricFamily>& out, const Merged& merged);

}  // namespace mlgateway::observe
