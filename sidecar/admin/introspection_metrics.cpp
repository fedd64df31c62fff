#include "sidecar/admin/introspection_metrics.hpp"

#include <map>
#include <string>
#include <utility>

#include "sidecar/observe/families.hpp"

namespace mlgateway::admin {

using observe::add_counter;
using observe::add_gauge;
using prometheus::MetricFamily;

namespace {

// Addresses that differ in their query, which is not shown, are one series.
std::vector<introspection::Numbers> by_address(const std::vector<introspection::Numbers>& all) {
  std::map<std::pair<std::string, std::string>, introspection::Numbers> merged;
  for (const introspection::Numbers& numbers : all) {
    const auto [known, is_new] = merged.try_emplace({numbers.issuer, numbers.url}, numbers);
    if (is_new) continue;
    introspection::Numbers& sum = known->second;
    sum.active += numbers.active;
    sum.refused += numbers.refused;
    sum.failed += numbers.failed;
    sum.shed += numbers.shed;
    sum.open = sum.open || numbers.open;
  }
  std::vector<introspection::Numbers> series;
  for (auto& [address, numbers] : merged) series.push_back(std::move(numbers));
  return series;
}

}  // namespace

void append_introspections(std::vector<MetricFamily>& out, const std::vector<introspection::Numbers>& all) {
  if (all.empty()) return;
  MetricFamily asked =
      observe::counters("mlgateway_introspections_total", "Tokens that a provider was to be asked about.");
  MetricFamily open =
      observe::gauges("mlgateway_introspection_circuit_open", "1: the provider is not asked, it has failed.");
  for (const introspection::Numbers& numbers : by_address(all)) {
    const observe::Labels labels = {{"issuer", numbers.issuer}, {"url", numbers.url}};
    const auto add = [&](const char* result, std::uint64_t count) {
      observe::Labels all_labels = labels;
      all_labels.push_back({"result", result});
      add_counter(asked, all_labels, static_cast<double>(count));
    };
    add("active", numbers.active);
    add("refused", numbers.refused);
    add("error", numbers.failed);
    add("shed", numbers.shed);
    add_gauge(open, labels, numbers.open ? 1 : 0);
  }
  for (MetricFamily* family : {&asked, &open}) out.push_back(std::move(*family));
}

}  // namespace mlgateway::admin
