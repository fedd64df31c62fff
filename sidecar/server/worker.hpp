// One thread with everything it needs to serve: loop, listener, connections to models, counters, access log.
//
// Workers share nothing but what Shared, the Commons, the World and the access log's queue hold. All functions but the
// constructor may be called from any thread; they take effect on the worker's own.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <thread>

#include "sidecar/gateway/gateway.hpp"
#include "sidecar/gateway/world.hpp"
#include "sidecar/net/loop.hpp"
#include "sidecar/observe/access_log.hpp"
#include "sidecar/server/listener.hpp"
#include "sidecar/server/session.hpp"
#include "sidecar/server/shared.hpp"
#include "sidecar/upstream/connector.hpp"
#include "sidecar/upstream/forwarder.hpp"
#include "sidecar/upstream/pool.hpp"
#include "sidecar/upstream/resolver.hpp"

namespace mlgateway::server {

class Worker {
 public:
  // `listening` is this worker's own listening descriptor. The references outlive the worker.
  Worker(Shared& shared, gateway::Commons& commons, int listening, const upstream::Resolver& resolver,
         observe::WorkerMetrics& metrics, observe::AccessLog& access_log);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Serves `world` from the next request on; returns when that is so.
  void install(std::shared_ptr<const gateway::World> world);
  // Takes no new connections and ends those that are between requests.
  void stop_accepting();
  // Cuts what is still being served. The sessions are gone soon after.
  void cut_all();
  std::size_t sessions() const { return session_count_.load(std::memory_order_relaxed); }

 private:
  void accept(int descriptor, const net::Address& peer);
  net::Task<void> live(std::list<Session>::iterator session, bool welcome);
  void flush_log();

  Shared& shared_;
  observe::WorkerMetrics& metrics_;
  net::Loop loop_;
  upstream::Pool pool_;
  upstream::Connector connector_;
  upstream::Forwarder forwarder_;
  observe::AccessWriter access_log_;
  gateway::Gateway gateway_;
  std::shared_ptr<const gateway::Placement> placement_;
  std::list<Session> sessions_;
  std::atomic<std::size_t> session_count_{0};
  std::optional<Listener> listener_;
  net::Timer flush_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace mlgateway::server
