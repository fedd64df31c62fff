#include "sidecar/observe/worker_metrics.hpp"

namespace mlgateway::observe {
namespace {

constexpr const char* kOther = "other";

}  // namespace

VersionSeries& RouteSeries::version(std::string_view name) { return owner_.version_of(*this, name); }

// The overflow series count beyond the limit, so that it may even be 0.
WorkerMetrics::WorkerMetrics(std::size_t max_series) : max_series_(max_series), overflow_(*this) {
  overflow_.versions_.emplace(kOther, std::make_unique<VersionSeries>());
}

RouteSeries& WorkerMetrics::route(std::string_view namespace_name, std::string_view route) {
  const std::lock_guard lock(mutex_);
  RouteKey key{namespace_name, route};
  if (const auto known = routes_.find(key); known != routes_.end()) return *known->second;
  if (series_ >= max_series_) return overflow_;
  ++series_;
  return *routes_.emplace(std::move(key), std::make_unique<RouteSeries>(*this)).first->second;
}

VersionSeries& WorkerMetrics::version_of(RouteSeries& route, std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto known = route.versions_.find(name); known != route.versions_.end()) return *known->second;
  if (&route == &overflow_ || series_ >= max_series_) return *overflow_.versions_.at(kOther);
  ++series_;
  return *route.versions_.emplace(name, std::make_unique<VersionSeries>()).first->second;
}

void WorkerMetrics::visit_routes(const RouteVisitor& visit) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, route] : routes_) visit(key.first, key.second, *route);
  if (series_ >= max_series_) visit(kOther, kOther, overflow_);
}

void WorkerMetrics::visit_versions(const RouteSeries& route, const VersionVisitor& visit) {
  for (const auto& [name, version] : route.versions_) visit(name, *version);
}

const VersionSeries* WorkerMetrics::find(std::string_view namespace_name, std::string_view route,
                                         std::string_view version) const {
  const std::lock_guard lock(mutex_);
  const auto known = routes_.find(RouteKey{namespace_name, route});
  if (known == routes_.end()) return nullptr;
  const auto series = known->second->versions_.find(version);
  return series == known->second->versions_.end() ? nullptr : series->second.get();
}

}  // namespace mlgateway::observe
