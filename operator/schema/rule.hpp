// The twins of the CEL rules in crds/: what the API server evaluates in a cluster, local mode asks here.
//
// A rule is known by its place in the schema and its message. tests/operator holds both lists against each other, and
// tests/operator/data has objects that tell whether a rule and its twin agree.
#pragma once

#include <span>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "operator/schema/fault.hpp"

namespace mlgateway::schema {

struct Rule {
  std::string_view place;  // in the schema; "[]" stands for each item: "spec.auth.methods[]"
  std::string_view message;
  bool (*holds)(const nlohmann::json& self);  // the value at `place`
};

// The rules that `object` breaks. A rule whose value is or contains one of `faults` is not asked: it may rely on types.
// `object` must have been given its defaults.
Faults check_rules(std::span<const Rule> rules, const nlohmann::json& object, const Faults& faults);

}  // namespace mlgateway::schema
