// Whether an object is what its schema says; strict: a field that the schema does not know is a fault.
#pragma once

#include "operator/schema/fault.hpp"
#include "operator/schema/schema.hpp"

namespace mlgateway::schema {

// All faults, in the order of the fields. Defaults must have been applied before. CEL rules are not evaluated.
Faults check(const Schema& schema, const Json& value, const std::string& path = "");

}  // namespace mlgateway::schema
