#include "operator/sidecars/latest_report.hpp"

#include <utility>

namespace mlgateway::sidecars {
namespace {

bool same_but_for_use(const api::SidecarReport& a, const api::SidecarReport& b) {
  return a.unreachable == b.unreachable && a.config_error == b.config_error && a.routes == b.routes &&
         a.quotas == b.quotas;
}

}  // namespace

bool LatestReport::take(api::SidecarReport report, Time now) {
  if (latest_ && *latest_ == report) return false;
  if (latest_ && same_but_for_use(*latest_, report) && now - taken_ < kBetweenUses) return false;
  latest_ = std::move(report);
  taken_ = now;
  return true;
}

}  // namespace mlgateway::sidecars
