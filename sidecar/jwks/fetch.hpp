// One small document over HTTP or HTTPS: fetched, or the answer to a form.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/jose/url.hpp"

namespace mlgateway::jwks {

// The body of a 200, of at most jose::kMostKeySetBytes. Everything else is an error, redirects included: who names an
// address means that one. `timeout` bounds the whole of it. `ca` is PEM, and then nobody else is trusted; empty: the
// authorities of the system. The name in the certificate must be the URL's host.
boost::asio::awaitable<Result<std::string>> fetch(jose::Url url, std::string ca, std::chrono::milliseconds timeout);

// The same as an answer to a POST of `body`, application/x-www-form-urlencoded. `authorization` is the value of that
// field; empty: none.
struct Form {
  std::string authorization;
  std::string body;
};
boost::asio::awaitable<Result<std::string>> post(jose::Url url, Form form, std::string ca,
                                                 std::chrono::milliseconds timeout);

}  // namespace mlgateway::jwks
