#include "sidecar/upstream/pool.hpp"

#include <algorithm>

namespace mlgateway::upstream {
namespace {

using namespace std::chrono_literals;

constexpr auto kSweep = 250ms;
// What the loop has heard this recently needs no second question to the kernel.
constexpr auto kFresh = 100ms;
// More idle connections than this to one model serve nobody.
constexpr std::size_t kMaxIdle = 512;

std::string authority_of(const config::Endpoint& endpoint) {
  const bool is_v6 = endpoint.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

}  // namespace

Origin::Origin(config::Endpoint endpoint) : endpoint_(std::move(endpoint)), authority_(authority_of(endpoint_)) {}

Pool::Pool(net::Loop& loop, observe::WorkerMetrics& metrics) : loop_(loop), metrics_(metrics) {
  sweep_.context = this;
  sweep_.fire = [](void* self) { static_cast<Pool*>(self)->close_old(); };
}

Origin& Pool::origin(const config::Endpoint& endpoint) {
  auto& place = origins_[{endpoint.host, endpoint.port}];
  if (!place) place = std::make_unique<Origin>(endpoint);
  return *place;
}

std::unique_ptr<Connection> Pool::take(Origin& origin, bool certain) {
  while (!origin.idle_.empty()) {
    auto connection = std::move(origin.idle_.back());
    origin.idle_.pop_back();
    connection->socket.on_peer_closed(nullptr, nullptr);
    const bool ask = certain || loop_.now() - connection->idle_since > kFresh;
    const bool spoiled = ask ? connection->socket.disturbed() : connection->socket.has_news();
    if (spoiled) continue;
    connection->reused = true;
    metrics_.upstream_reused.add();
    return connection;
  }
  return nullptr;
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  Origin& origin = connection->origin;
  if (origin.idle_.size() >= kMaxIdle) return;
  if (connection->socket.has_news() && connection->socket.disturbed()) return;
  connection->buffer.release();
  connection->idle_since = loop_.now();
  connection->socket.on_peer_closed(&Pool::forget_closed, connection.get());
  origin.idle_.push_back(std::move(connection));
  if (!sweep_.armed()) loop_.timers().arm(sweep_, loop_.now() + kSweep);
}

void Pool::forget_closed(void* connection) {
  auto& idle = static_cast<Connection*>(connection)->origin.idle_;
  std::erase_if(idle, [&](const auto& each) { return each.get() == connection; });
}

// The longest idle stand first, because the last used is taken first.
void Pool::close_old() {
  bool any_left = false;
  for (auto& [key, origin] : origins_) {
    auto& idle = origin->idle_;
    const auto young = std::find_if(idle.begin(), idle.end(),
                                    [&](const auto& each) { return loop_.now() - each->idle_since < kIdleTime; });
    idle.erase(idle.begin(), young);
    any_left = any_left || !idle.empty();
  }
  if (any_left) loop_.timers().arm(sweep_, loop_.now() + kSweep);
}

}  // namespace mlgateway::upstream
