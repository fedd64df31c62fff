#include "operator/kube/resource_version.hpp"

#include <algorithm>

namespace mlgateway::kube {
namespace {

// 2^128 - 1 has 39 digits.
bool numeric(std::string_view version) {
  if (version.empty() || version.size() > 39 || version.front() == '0') return false;
  return std::all_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::partial_ordering compare_versions(std::string_view left, std::string_view right) {
  if (left == right) return std::partial_ordering::equivalent;
  if (!numeric(left) || !numeric(right)) return std::partial_ordering::unordered;
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left <=> right;
}

}  // namespace mlgateway::kube
