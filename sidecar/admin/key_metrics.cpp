#include "sidecar/admin/key_metrics.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "sidecar/observe/families.hpp"

namespace mlgateway::admin {

using observe::add_counter;
using observe::add_gauge;
using prometheus::MetricFamily;

namespace {

// Routes that fetch the same keys in different ways (another interval, another authority) are one series.
std::vector<jwks::Numbers> by_address(const std::vector<jwks::Numbers>& all) {
  std::map<std::pair<std::string, std::string>, jwks::Numbers> merged;
  for (const jwks::Numbers& numbers : all) {
    const auto [known, is_new] = merged.try_emplace({numbers.issuer, numbers.url}, numbers);
    if (is_new) continue;
    jwks::Numbers& sum = known->second;
    sum.fetched += numbers.fetched;
    sum.failed += numbers.failed;
    sum.keys = std::min(sum.keys, numbers.keys);
    sum.last_fetched = std::min(sum.last_fetched, numbers.last_fetched);
  }
  std::vector<jwks::Numbers> series;
  for (auto& [address, numbers] : merged) series.push_back(std::move(numbers));
  return series;
}

}  // namespace

void append_keys(std::vector<MetricFamily>& out, const std::vector<jwks::Numbers>& all, Instant now) {
  if (all.empty()) return;
  MetricFamily fetches = observe::counters("mlgateway_key_fetches_total", "Times that keys were fetched.");
  MetricFamily keys = observe::gauges("mlgateway_key_set_keys", "Fetched keys that are in use.");
  MetricFamily age = observe::gauges("mlgateway_key_set_age_seconds", "Since keys were last fetched.");
  for (const jwks::Numbers& numbers : by_address(all)) {
    const observe::Labels labels = {{"issuer", numbers.issuer}, {"url", numbers.url}};
    observe::Labels good = labels;
    observe::Labels bad = labels;
    good.push_back({"result", "success"});
    bad.push_back({"result", "error"});
    add_counter(fetches, good, static_cast<double>(numbers.fetched));
    add_counter(fetches, bad, static_cast<double>(numbers.failed));
    add_gauge(keys, labels, static_cast<double>(numbers.keys));
    if (numbers.last_fetched) add_gauge(age, labels, observe::seconds(now - *numbers.last_fetched));
  }
  for (MetricFamily* family : {&fetches, &keys, &age}) out.push_back(std::move(*family));
}

}  // namespace mlgateway::admin
