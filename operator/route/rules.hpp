// The twins of the CEL rules in crds/mlroutes.yaml (schema/rule.hpp says what a twin is).
#pragma once

#include <span>

#include "operator/schema/rule.hpp"

namespace mlgateway::route {

std::span<const schema::Rule> rules();

}  // namespace mlgateway::route
