// Requests of the leader: none outlives what its lease has left.
#pragma once

#include <stop_token>

#include <nlohmann/json.hpp>

#include "operator/kube/client.hpp"
#include "operator/kube/leader.hpp"

namespace mlgateway::cluster {

// Safe from any thread. Both must outlive it.
class Writer {
 public:
  Writer(kube::Client& client, const kube::Leader& leader) : client_(client), leader_(leader) {}

  kube::Reply<nlohmann::json> send(const kube::Request& request, const std::stop_token& stop) const {
    const Instant until = leader_.leading_until();
    if (until <= std::chrono::steady_clock::now()) return kube::fault(kube::FaultKind::Stopped, "no longer leading");
    return client_.send(request, until, stop);
  }

 private:
  kube::Client& client_;
  const kube::Leader& leader_;
};

}  // namespace mlgateway::cluster
