#include "sidecar/admin/certificate_metrics.hpp"

#include <chrono>
#include <set>
#include <string>
#include <utility>

#include "sidecar/observe/families.hpp"
#include "sidecar/tls/certificate.hpp"

namespace mlgateway::admin {

void append_certificates(std::vector<prometheus::MetricFamily>& out, const config::GatewayConfig& config) {
  prometheus::MetricFamily expiry = observe::gauges("mlgateway_certificate_expiry_timestamp_seconds",
                                                    "The last moment of a certificate that routes are served with.");
  std::set<std::pair<std::string, std::string>> told;
  for (const config::Route& route : config.routes) {
    if (!route.certificate || !told.emplace(route.namespace_name, route.certificate->secret).second) continue;
    const auto certificate = tls::read_certificate(route.certificate->chain, route.certificate->key);
    if (!certificate) continue;  // there is none to be had
    const auto last = tls::not_after(*certificate).time_since_epoch();
    observe::add_gauge(expiry, {{"namespace", route.namespace_name}, {"secret", route.certificate->secret}},
                       std::chrono::duration<double>(last).count());
  }
  if (!expiry.metric.empty()) out.push_back(std::move(expiry));
}

}  // namespace mlgateway::admin
