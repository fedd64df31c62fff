// The operator's webhooks: their port, their certificates, and whether the API server can rely on them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "operator/kube/client.hpp"
#include "operator/webhook/calls.hpp"
#include "operator/webhook/round.hpp"
#include "operator/webhook/server.hpp"

namespace mlgateway::webhook {

struct Options {
  std::string address;             // ADDR:PORT; empty: there are no webhooks
  std::vector<std::string> hosts;  // that the API server calls; empty: mlgateway-webhook.NAMESPACE.svc
  std::string certificates;        // a folder that somebody else keeps; empty: the operator makes its own
  std::string secret = "mlgateway-webhook";
  std::chrono::seconds lifetime = std::chrono::hours(2160);
  std::string mutating = "mlgateway";
  std::string validating = "mlgateway";
  std::vector<std::string> sidecar;  // NAME=VALUE (overrides.hpp)
};

class Webhooks {
 public:
  // Listening when it returns; certificates come later, from a thread of its own. `client` and `registry` must outlive
  // it. The Error names what is wrong with `options`.
  static Result<std::unique_ptr<Webhooks>> start(const Options& options, const std::string& own_namespace,
                                                 kube::Client& client, prometheus::Registry& registry);
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  // Why the API server could not rely on them; empty: it can. Safe from any thread.
  std::string not_ready() const;

 private:
  using Look = std::function<Round(const std::stop_token&)>;

  Webhooks(Settings settings, Look look, prometheus::Registry& registry);
  void keep(const std::stop_token& stop);
  void take(const Round& round);

  Calls calls_;
  const Look look_;
  prometheus::Gauge& expiry_;
  std::unique_ptr<Server> server_;
  std::optional<Pair> shown_;  // of the thread below
  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::string not_ready_ = "no certificate yet";  // guarded by mutex_
  std::jthread thread_;                           // last: it uses all of the above
};

}  // namespace mlgateway::webhook
