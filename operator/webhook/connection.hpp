// One caller of the webhooks' port: TLS and HTTP by Asio and Beast, the answer by a handler.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>  // awaitable.hpp of Boost 1.74 forgets it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "operator/webhook/server.hpp"

namespace mlgateway::webhook {

// What all connections share; of the server's thread alone.
struct Common {
  Server::Handler handler;
  std::size_t body_bytes = 0;  // that are being read or answered now
};

// Serves until the caller closes, errs, or lets a time pass. `common` must outlive the coroutine.
boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> tls,
                                   Common& common);

}  // namespace mlgateway::webhook
