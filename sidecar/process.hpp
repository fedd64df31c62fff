// The sidecar as a whole: workers, configuration, admin port, and how they begin and end.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sidecar/admin/admin_server.hpp"
#include "sidecar/config/watcher.hpp"
#include "sidecar/gateway/commons.hpp"
#include "sidecar/introspection/asker.hpp"
#include "sidecar/jwks/fetcher.hpp"
#include "sidecar/limits/journal.hpp"
#include "sidecar/observe/access_log.hpp"
#include "sidecar/observe/metrics.hpp"
#include "sidecar/options.hpp"
#include "sidecar/server/recess.hpp"
#include "sidecar/server/shared.hpp"
#include "sidecar/server/worker.hpp"
#include "sidecar/upstream/resolver.hpp"

namespace mlgateway {

class Process {
 public:
  // Listening and, if there is a good configuration, serving it when it returns. An Error names what is in the way.
  static Result<std::unique_ptr<Process>> start(const Options& options);
  ~Process();

  // Ends without losing a request: not ready at once, but serving while the network still sends; then no new
  // connections, what runs is finished, idle connections close last. Returns when nothing is left.
  void drain();

 private:
  explicit Process(const Options& options, std::unique_ptr<observe::AccessLog> access_log);
  Status open_journal();
  Status listen();
  Status open_admin();
  void take(std::shared_ptr<const config::GatewayConfig> config);
  admin::Sources sources();
  std::shared_ptr<const config::GatewayConfig> in_force() const;
  bool wait_for_sessions(std::chrono::milliseconds patience) const;

  const Options options_;
  server::Shared shared_;
  server::Recess recess_;
  std::unique_ptr<observe::AccessLog> access_log_;
  std::shared_ptr<observe::Metrics> metrics_;
  upstream::Resolver resolver_;
  gateway::Commons commons_;
  jwks::Fetcher keys_;
  introspection::Asker asker_;                // stopped before the workers, whom it tells
  std::unique_ptr<limits::Journal> journal_;  // null without --state
  std::vector<std::unique_ptr<server::Worker>> workers_;
  mutable std::mutex mutex_;
  std::shared_ptr<const config::GatewayConfig> in_force_;  // by every worker; under mutex_
  std::string listening_;
  config::Watcher watcher_;
  std::unique_ptr<admin::AdminServer> admin_;  // last: it asks all of the above
};

}  // namespace mlgateway
