#include "operator/sidecars/sidecar_client.hpp"

#include <chrono>
#include <exception>

#include <cpprest/http_client.h>
#include <pplx/threadpool.h>

namespace mlgateway::sidecars {
namespace {

web::http::client::http_client_config client_config() {
  web::http::client::http_client_config config;
  config.set_timeout(std::chrono::milliseconds(1000));
  return config;
}

// The default pool has forty threads; one question at a time needs next to none.
void keep_pool_small() {
  static const bool done = [] {
    try {
      crossplat::threadpool::initialize_with_threads(2);
    } catch (const std::exception&) {
      // Somebody used the pool before; it works at any size.
    }
    return true;
  }();
  static_cast<void>(done);
}

State unreachable(std::string why) {
  State state;
  state.report.unreachable = std::move(why);
  return state;
}

}  // namespace

struct SidecarClient::Connection {
  explicit Connection(const std::string& url) : client(url, client_config()) {}
  web::http::client::http_client client;
};

std::string url_fault(const std::string& url) {
  const web::uri uri = web::uri::validate(url) ? web::uri(url) : web::uri();
  const bool plain = uri.scheme() == "http" && !uri.host().empty() && uri.port() > 0 && uri.user_info().empty() &&
                     (uri.path().empty() || uri.path() == "/") && uri.query().empty();
  return plain ? "" : "must be http://HOST:PORT of the sidecar's admin address, is '" + url + "'";
}

SidecarClient::SidecarClient(const std::string& url, const std::string& token) : url_(url), token_(token) {
  keep_pool_small();
}

SidecarClient::~SidecarClient() = default;

State SidecarClient::state() {
  try {
    if (!connection_) connection_ = std::make_unique<Connection>(url_);
    web::http::http_request request(web::http::methods::GET);
    request.set_request_uri("/state");
    request.headers().add("Authorization", "Bearer " + token_);
    const web::http::http_response response = connection_->client.request(request).get();
    const auto body = response.extract_utf8string(true).get();
    if (response.status_code() == 401) return unreachable(url_ + "/state refuses the token; does it read this folder?");
    if (response.status_code() != 200) {
      return unreachable(url_ + "/state answers " + std::to_string(response.status_code()));
    }
    return read_state(body);
  } catch (const std::exception& error) {
    connection_.reset();
    return unreachable(url_ + "/state: " + error.what());
  }
}

}  // namespace mlgateway::sidecars
