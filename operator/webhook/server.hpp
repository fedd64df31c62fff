// The HTTPS port that the API server calls: TLS 1.2 or later, HTTP/1.1, POST only, one thread of its own.
//
// Whoever reaches the port can talk to it, so everything is bounded: connections, heads, bodies, all bodies together,
// and the time for each.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "operator/webhook/authority.hpp"
#include "operator/webhook/calls.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::webhook {

class Server {
 public:
  // Called on the server's thread with path and body; must be quick, since all others wait.
  using Handler = std::function<HttpAnswer(std::string_view, std::string_view)>;

  // Listens on `address`, ADDR:PORT (an IPv6 address in brackets; port 0 takes a free one), and hangs up on everybody
  // until there is a certificate.
  static Result<std::unique_ptr<Server>> start(const std::string& address, Handler handler);

  // Closes all connections and joins the thread.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // What new connections are shown from now on; those that are open stay. Safe from any thread.
  Status show(const Pair& certificate);

  std::uint16_t port() const;

 private:
  struct Running;
  explicit Server(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace mlgateway::webhook
