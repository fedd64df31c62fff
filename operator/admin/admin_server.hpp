// The operator's own HTTP port: /healthz, /readyz, /metrics. Nothing on it is secret.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <prometheus/registry.h>

#include "sidecar/base/result.hpp"

namespace mlgateway::admin {

class AdminServer {
 public:
  struct Sources {
    prometheus::Registry& registry;
    std::function<std::string()> not_ready;  // why not; empty: it is ready. Called from the server's threads
  };

  // Listens on `address`, ADDR:PORT (an IPv6 address in brackets). What `sources` touch must outlive the server.
  static Result<std::unique_ptr<AdminServer>> open(const std::string& address, Sources sources);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

 private:
  struct Listener;
  explicit AdminServer(std::unique_ptr<Listener> listener);

  std::unique_ptr<Listener> listener_;
};

}  // namespace mlgateway::admin
