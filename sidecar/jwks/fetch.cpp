#include "sidecar/jwks/fetch.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "sidecar/jose/key_set.hpp"

namespace mlgateway::jwks {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using Request = http::request<http::string_body>;
using Endpoints = tcp::resolver::results_type;

constexpr std::size_t kMostHeadBytes = 16u << 10;

Error failed(const char* what, const error_code& why) {
  return Error(Reason::KeysUnavailable, std::string(what) + ": " + why.message());
}

Request request_for(const jose::Url& url, http::verb verb) {
  Request request(verb, url.target, 11);
  const bool is_default = url.port == (url.tls ? "443" : "80");
  const std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  request.set(http::field::host, is_default ? host : host + ":" + url.port);
  request.set(http::field::user_agent, "mlgateway");
  request.set(http::field::connection, "close");
  return request;
}

Request request_for(const jose::Url& url) {
  Request request = request_for(url, http::verb::get);
  request.set(http::field::accept, "application/json, application/jwk-set+json");
  return request;
}

Request request_for(const jose::Url& url, Form form) {
  Request request = request_for(url, http::verb::post);
  request.set(http::field::accept, "application/json");
  request.set(http::field::content_type, "application/x-www-form-urlencoded");
  if (!form.authorization.empty()) request.set(http::field::authorization, form.authorization);
  request.body() = std::move(form.body);
  request.prepare_payload();
  return request;
}

// A look-up that may outlive whoever waits for it: getaddrinfo cannot be stopped.
struct LookUp {
  LookUp(const asio::any_io_executor& executor, Instant deadline) : resolver(executor), ended(executor, deadline) {}

  tcp::resolver resolver;
  asio::steady_timer ended;  // or too late
  std::optional<error_code> outcome{};
  Endpoints found{};
};

// The resolver has no timeout of its own.
asio::awaitable<Result<Endpoints>> resolve(const jose::Url& url, Instant deadline) {
  auto executor = co_await asio::this_coro::executor;
  const auto look_up = std::make_shared<LookUp>(executor, deadline);
  look_up->resolver.async_resolve(url.host, url.port, [look_up](const error_code& ec, Endpoints found) {
    look_up->outcome = ec;
    look_up->found = std::move(found);
    look_up->ended.cancel();
  });
  error_code cancelled;
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await look_up->ended.async_wait(token);
  if (!look_up->outcome) {
    look_up->resolver.cancel();  // if it has not begun yet, it never will
    co_return failed("the name is not resolved", asio::error::timed_out);
  }
  if (*look_up->outcome) co_return failed("the name is not resolved", *look_up->outcome);
  co_return std::move(look_up->found);
}

template <class Stream>
asio::awaitable<Result<std::string>> round_trip(Stream& stream, const Request& request) {
  error_code ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  co_await http::async_write(stream, request, token);
  if (ec) co_return failed("the request cannot be sent", ec);
  beast::flat_buffer buffer(kMostHeadBytes + jose::kMostKeySetBytes);
  http::response_parser<http::string_body> parser;
  parser.header_limit(kMostHeadBytes);
  parser.body_limit(jose::kMostKeySetBytes);
  co_await http::async_read_header(stream, buffer, parser, token);
  if (ec) co_return failed("the answer cannot be read", ec);
  if (parser.content_length().value_or(0) > jose::kMostKeySetBytes) {
    co_return failed("the answer cannot be read", http::error::body_limit);
  }
  co_await http::async_read(stream, buffer, parser, token);
  if (ec) co_return failed("the answer cannot be read", ec);
  const unsigned status = parser.get().result_int();
  if (status != 200) {
    co_return Error(Reason::KeysUnavailable, "the answer is " + std::to_string(status) + ", not 200");
  }
  co_return std::move(parser.get().body());
}

asio::awaitable<Result<std::string>> round_trip_by_tls(beast::tcp_stream tcp, const jose::Url& url,
                                                       const std::string& ca, const Request& request) {
  error_code ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  if (ca.empty()) {
    context.set_default_verify_paths(ec);
  } else {
    context.add_certificate_authority(asio::buffer(ca), ec);
  }
  if (ec) co_return failed("the certificates of the authorities cannot be read", ec);
  beast::ssl_stream<beast::tcp_stream> stream(std::move(tcp), context);
  stream.set_verify_mode(ssl::verify_peer);
  stream.set_verify_callback(ssl::host_name_verification(url.host));
  error_code not_an_address;
  asio::ip::make_address(url.host, not_an_address);
  if (not_an_address) SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
  co_await stream.async_handshake(ssl::stream_base::client, token);
  if (ec) co_return failed("no trusted connection", ec);
  auto answer = round_trip(stream, request);
  co_return co_await std::move(answer);
}

asio::awaitable<Result<std::string>> ask(jose::Url url, Request request, std::string ca,
                                         std::chrono::milliseconds timeout) {
  const Instant deadline = std::chrono::steady_clock::now() + timeout;
  auto resolving = resolve(url, deadline);
  const auto endpoints = co_await std::move(resolving);
  if (!endpoints) co_return endpoints.error();
  error_code ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  auto executor = co_await asio::this_coro::executor;
  beast::tcp_stream tcp(executor);
  tcp.expires_at(deadline);  // of everything that follows
  co_await tcp.async_connect(*endpoints, token);
  if (ec) co_return failed("no connection", ec);
  if (!url.tls) {
    auto answer = round_trip(tcp, request);
    co_return co_await std::move(answer);
  }
  auto answer = round_trip_by_tls(std::move(tcp), url, ca, request);
  co_return co_await std::move(answer);
}

}  // namespace

asio::awaitable<Result<std::string>> fetch(jose::Url url, std::string ca, std::chrono::milliseconds timeout) {
  Request request = request_for(url);
  return ask(std::move(url), std::move(request), std::move(ca), timeout);
}

asio::awaitable<Result<std::string>> post(jose::Url url, Form form, std::string ca, std::chrono::milliseconds timeout) {
  Request request = request_for(url, std::move(form));
  return ask(std::move(url), std::move(request), std::move(ca), timeout);
}

}  // namespace mlgateway::jwks
