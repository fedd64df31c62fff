// The sidecar's own port: /metrics, /healthz and /readyz for everybody, /state and /config for who holds the token,
// /drain for who holds the pod's.
//
// An HTTP/1.1 server on a thread of its own, away from the workers; GET and HEAD only, 10 s for anything to happen on a
// connection, few connections. Never bind it to the data port's address and port.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <prometheus/collectable.h>

#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::admin {

// Where the answers come from. Every function is called on the admin thread, per request: it must be safe there, return
// quickly and not throw.
struct Sources {
  std::function<bool()> ready;
  std::function<std::string()> not_ready_reason;  // one line, asked when not ready
  std::function<nlohmann::json()> state;
  std::function<nlohmann::json()> config;
  std::function<std::optional<config::Digest>()> token_digest;  // none: /state and /config are closed
  std::optional<config::Digest> drain_token_digest;             // none: there is no /drain
  std::function<void()> begin_drain;
  std::function<bool()> drained;  // whether who asked may go on; asked again and again
  std::shared_ptr<prometheus::Collectable> metrics;
};

class AdminServer {
 public:
  // `address` is "A.B.C.D:PORT" or "[IPV6]:PORT"; port 0 takes a free one. Listening when it returns.
  // Fails on an address that cannot be read or bound, with the address in the words.
  static Result<std::unique_ptr<AdminServer>> start(std::string_view address, Sources sources);

  // Closes all connections and joins the thread.
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  std::uint16_t port() const;
  std::string address() const;  // ADDR:PORT as bound

 private:
  struct Running;
  explicit AdminServer(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace mlgateway::admin
