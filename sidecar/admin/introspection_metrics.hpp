// The metrics of the providers that are asked about tokens.
#pragma once

#include <vector>

#include <prometheus/metric_family.h>

#include "sidecar/introspection/numbers.hpp"

namespace mlgateway::admin {

void append_introspections(std::vector<prometheus::MetricFamily>& out, const std::vector<introspection::Numbers>& all);

}  // namespace mlgateway::admin
