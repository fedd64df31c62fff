// The order of resource versions (KEP-5504): within one kind of one cluster they are integers that only grow.
#pragma once

#include <compare>
#include <string_view>

namespace mlgateway::kube {

// Unordered unless both are decimal numbers without leading zeros; other versions are equal or nothing.
std::partial_ordering compare_versions(std::string_view left, std::string_view right);

}  // namespace mlgateway::kube
