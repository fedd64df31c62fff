// One caller of the admin port: Beast reads the heads, answer() decides, Beast writes.
#pragma once

#include <utility>  // awaitable.hpp of Boost 1.74 forgets it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "sidecar/admin/admin_server.hpp"

namespace mlgateway::admin {

// Serves until the caller closes, errs, or does nothing for ten seconds. `sources` must outlive the coroutine.
// Throws only what the sources throw.
boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket, const Sources& sources);

}  // namespace mlgateway::admin
