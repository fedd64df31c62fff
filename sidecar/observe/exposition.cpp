#include "sidecar/observe/exposition.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "sidecar/observe/families.hpp"

namespace mlgateway::observe {
namespace {

using prometheus::MetricFamily;
using RouteName = std::pair<std::string, std::string>;

double number(std::uint64_t count) { return static_cast<double>(count); }

Labels route_labels(const RouteName& route) { return {{"namespace", route.first}, {"mlroute", route.second}}; }

Labels version_labels(const RouteName& route, const std::string& version) {
  Labels labels = route_labels(route);
  labels.push_back({"version", version});
  return labels;
}

void add_requests(MetricFamily& family, const RouteName& route, const std::string& name, const MergedVersion& version) {
  for (std::size_t slot = 0; slot < VersionSeries::kSlots; ++slot) {
    const int status = VersionSeries::status_at(slot);
    // A zero of 200 from the start lets rate() see the very first success; other codes appear when they occur.
    if (version.answers[slot] == 0 && status != 200) continue;
    Labels labels = version_labels(route, name);
    labels.push_back({"code", slot == 0 ? "other" : std::to_string(status)});
    add_counter(family, std::move(labels), number(version.answers[slot]));
  }
}

void add_refusals(MetricFamily& family, const RouteName& route, const std::array<std::uint64_t, kReasonCount>& counts) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    if (counts[i] == 0) continue;
    Labels labels = route_labels(route);
    labels.push_back({"reason", std::string(name(static_cast<Reason>(i)))});
    add_counter(family, std::move(labels), number(counts[i]));
  }
}

// A route without a cache has no such series.
void add_cached(MetricFamily& family, const RouteName& route, const MergedRoute& numbers) {
  const bool none = std::all_of(numbers.cached.begin(), numbers.cached.end(), [](auto count) { return count == 0; });
  if (none) return;
  for (std::size_t i = 0; i < numbers.cached.size(); ++i) {
    Labels labels = route_labels(route);
    labels.push_back({"state", std::string(kCacheStateNames[i])});
    add_counter(family, std::move(labels), number(numbers.cached[i]));
  }
}

}  // namespace

void append_routes(std::vector<MetricFamily>& out, const Merged& merged) {
  MetricFamily requests =
      counters("mlgateway_requests_total", "Requests for which a version was chosen, by answered status.");
  MetricFamily durations =
      histograms("mlgateway_request_duration_seconds", "From the first byte of the request to the last of the answer.");
  MetricFamily in_flight = gauges("mlgateway_requests_in_flight", "Requests that a version is working on.");
  MetricFamily refusals =
      counters("mlgateway_refusals_total", "Requests refused or not finished by the gateway, by reason.");
  MetricFamily request_bytes = counters("mlgateway_request_bytes_total", "Bytes of request bodies.");
  MetricFamily response_bytes = counters("mlgateway_response_bytes_total", "Bytes of answers' bodies.");

  MetricFamily cost = counters("mlgateway_cost_total", "What requests were charged, in the route's own unit.");
  MetricFamily cached = counters("mlgateway_cache_requests_total", "Requests of routes with a cache, by what it did.");

  MetricFamily dry = counters("mlgateway_authorization_dry_run_refusals_total",
                              "Requests that the rules of a dry run would have refused.");

  add_refusals(refusals, {}, merged.refusals);
  for (const auto& [route, numbers] : merged.routes) {
    add_refusals(refusals, route, numbers.refusals);
    add_counter(request_bytes, route_labels(route), number(numbers.request_bytes));
    add_counter(response_bytes, route_labels(route), number(numbers.response_bytes));
    if (numbers.would_refuse > 0) add_counter(dry, route_labels(route), number(numbers.would_refuse));
    add_cached(cached, route, numbers);
    for (const auto& [version_name, version] : numbers.versions) {
      add_requests(requests, route, version_name, version);
      add_histogram(durations, version_labels(route, version_name), kDurationBounds, version.durations,
                    version.duration_sum);
      add_counter(cost, version_labels(route, version_name), number(version.cost) / 1e6);
      add_gauge(in_flight, version_labels(route, version_name), static_cast<double>(version.in_flight));
    }
  }
  for (MetricFamily* family :
       {&requests, &durations, &in_flight, &refusals, &request_bytes, &response_bytes, &cost, &cached, &dry}) {
    out.push_back(std::move(*family));
  }
}

void append_connections(std::vector<MetricFamily>& out, const Merged& merged) {
  out.push_back(
      single_gauge("mlgateway_connections", "Callers' connections open now.", static_cast<double>(merged.connections)));
  out.push_back(single_counter("mlgateway_connections_total", "Callers' connections accepted.",
                               number(merged.connections_total)));
  out.push_back(single_counter("mlgateway_connections_refused_total", "Connections turned away at the limit.",
                               number(merged.connections_refused)));
  out.push_back(single_gauge("mlgateway_upstream_connections", "Connections to models, idle and in use.",
                             static_cast<double>(merged.upstream_connections)));
  out.push_back(single_counter("mlgateway_upstream_reused_total",
                               "Requests sent on a connection that was open already.", number(merged.upstream_reused)));
  MetricFamily connects = counters("mlgateway_upstream_connects_total", "Connections to models attempted, by result.");
  constexpr std::array<const char*, kConnectResultCount> kResults = {"success", "failure", "timeout"};
  for (std::size_t i = 0; i < kConnectResultCount; ++i) {
    add_counter(connects, {{"result", kResults[i]}}, number(merged.upstream_connects[i]));
  }
  out.push_back(std::move(connects));
  MetricFamily handshakes = counters("mlgateway_tls_handshakes_total", "TLS handshakes of callers, by result.");
  constexpr std::array<const char*, kHandshakeResultCount> kHandshakes = {"success", "resumed", "error"};
  for (std::size_t i = 0; i < kHandshakeResultCount; ++i) {
    add_counter(handshakes, {{"result", kHandshakes[i]}}, number(merged.handshakes[i]));
  }
  out.push_back(std::move(handshakes));
  MetricFamily overhead =
      histograms("mlgateway_overhead_seconds", "The gateway's own share: the total less waiting for the model.");
  add_histogram(overhead, {}, kOverheadBounds, merged.overhead, merged.overhead_sum);
  out.push_back(std::move(overhead));
}

}  // namespace mlgateway::observe
