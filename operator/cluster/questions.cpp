#include "operator/cluster/questions.hpp"

#include <chrono>
#include <utility>

#include "operator/cluster/nudge.hpp"
#include "operator/workload/config_secret.hpp"
#include "operator/workload/pod.hpp"

namespace mlgateway::cluster {
namespace {

std::string url_of(const workload::Pod& pod) {
  const bool six = pod.address.find(':') != std::string::npos;
  return "http://" + (six ? "[" + pod.address + "]" : pod.address) + ":" + std::to_string(pod.admin_port);
}

}  // namespace

Questions::Questions(const Caches& caches, ReportBook& reports, const Writer& writer, SidecarMetrics& metrics,
                     std::string admin_key, std::function<void(const std::string&)> news)
    : caches_(caches),
      reports_(reports),
      writer_(writer),
      metrics_(metrics),
      admin_key_(std::move(admin_key)),
      news_(std::move(news)) {}

controller::Outcome Questions::ask(const api::ObjectKey& key, const std::stop_token& stop) const {
  const auto object = caches_.pod(key);
  const auto pod = object ? workload::pod_from(*object) : std::nullopt;
  if (!pod || pod->leaving) {
    reports_.forget(key);
    return Done{};
  }
  // It will be here again when it has one.
  if (pod->address.empty()) return Done{};
  const api::ObjectKey secret{key.namespace_name, pod->secret};
  sidecars::SidecarClient client(url_of(*pod), workload::admin_token(admin_key_, secret));
  sidecars::State state = client.state(stop);
  if (stop.stop_requested()) return Done{};
  const bool answered = state.answered;
  std::string awaited = reports_.expected(secret);
  if (state.config_hash == awaited) awaited.clear();
  const Instant now = std::chrono::steady_clock::now();
  if (reports_.put(key, std::move(state), now)) news_(key.namespace_name);
  const ReportBook::Advice advice = reports_.advise(key, answered, awaited, now);
  if (advice.took) metrics_.acknowledged(*advice.took);
  metrics_.count(reports_.numbers());
  if (advice.nudge) {
    // The annotation may have overtaken the kubelet's own watch of the Secret. Another answer: another time.
    static_cast<void>(writer_.send(nudge(key, awaited + "." + std::to_string(*advice.nudge)), stop));
  }
  return controller::RetryAfter{advice.ask_again};
}

}  // namespace mlgateway::cluster
