// The twins of the CEL rules in crds/mlquotas.yaml (schema/rule.hpp says what a twin is).
#pragma once

#include <span>

#include "operator/schema/rule.hpp"

namespace mlgateway::quota {

std::span<const schema::Rule> rules();

}  // namespace mlgateway::quota
