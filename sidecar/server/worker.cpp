#include "sidecar/server/worker.hpp"

#include <latch>

namespace mlgateway::server {
namespace {

using namespace std::chrono_literals;

// How long an access line may wait in the worker's buffer.
constexpr auto kLogFlush = 100ms;

}  // namespace

Worker::Worker(Shared& shared, gateway::Commons& commons, int listening, const upstream::Resolver& resolver,
               observe::WorkerMetrics& metrics, observe::AccessLog& access_log)
    : shared_(shared),
      metrics_(metrics),
      pool_(loop_, metrics),
      connector_(loop_, resolver, metrics),
      forwarder_(loop_, pool_, connector_),
      access_log_(access_log),
      gateway_(commons, forwarder_, metrics, access_log_) {
  listener_.emplace(
      loop_, listening,
      [](void* self, int descriptor, const net::Address& peer) {
        static_cast<Worker*>(self)->accept(descriptor, peer);
      },
      this);
  flush_.context = this;
  flush_.fire = [](void* self) { static_cast<Worker*>(self)->flush_log(); };
  loop_.timers().arm(flush_, loop_.now() + kLogFlush);
  thread_ = std::jthread([this] { loop_.run(); });
}

Worker::~Worker() {
  loop_.stop();
  thread_.join();
}

void Worker::install(std::shared_ptr<const gateway::World> world) {
  std::latch installed(1);
  loop_.post([&] {
    placement_ = std::make_shared<const gateway::Placement>(std::move(world), pool_, metrics_);
    installed.count_down();
  });
  installed.wait();
}

void Worker::stop_accepting() {
  loop_.post([this] {
    listener_.reset();
    for (auto session = sessions_.begin(); session != sessions_.end();) (session++)->end_if_idle();
  });
}

void Worker::cut_all() {
  loop_.post([this] {
    for (auto session = sessions_.begin(); session != sessions_.end();) (session++)->cut();
  });
}

void Worker::accept(int descriptor, const net::Address& peer) {
  const bool welcome = shared_.connections.fetch_add(1, std::memory_order_relaxed) < shared_.limits.max_connections;
  sessions_.emplace_front(loop_, descriptor, peer, Session::Surroundings{shared_, gateway_, placement_, metrics_});
  session_count_.store(sessions_.size(), std::memory_order_relaxed);
  metrics_.connections_total.add();
  metrics_.connections.add();
  if (!welcome) metrics_.connections_refused.add();
  net::spawn(live(sessions_.begin(), welcome));
}

net::Task<void> Worker::live(std::list<Session>::iterator session, bool welcome) {
  if (welcome) {
    co_await session->run();
  } else {
    co_await session->turn_away();
  }
  sessions_.erase(session);
  session_count_.store(sessions_.size(), std::memory_order_relaxed);
  metrics_.connections.sub();
  shared_.connections.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::flush_log() {
  access_log_.flush();
  loop_.timers().arm(flush_, loop_.now() + kLogFlush);
}

}  // namespace mlgateway::server
