#include "operator/admin/admin_server.hpp"

#include <exception>
#include <utility>

#include <cpprest/http_listener.h>
#include <prometheus/text_serializer.h>

namespace mlgateway::admin {
namespace {

namespace http = web::http;

struct Page {
  http::status_code status;
  std::string type;
  std::string body;
};

Page page_for(const std::string& path, const AdminServer::Sources& sources) {
  constexpr const char* kPlain = "text/plain; charset=utf-8";
  if (path == "/healthz") return {http::status_codes::OK, kPlain, "ok\n"};
  if (path == "/metrics") {
    return {http::status_codes::OK, "text/plain; version=0.0.4; charset=utf-8",
            prometheus::TextSerializer().Serialize(sources.registry.Collect())};
  }
  if (path != "/readyz") return {http::status_codes::NotFound, kPlain, "there is /healthz, /readyz and /metrics\n"};
  const std::string why = sources.not_ready();
  if (why.empty()) return {http::status_codes::OK, kPlain, "ok\n"};
  return {http::status_codes::ServiceUnavailable, kPlain, why + "\n"};
}

}  // namespace

struct AdminServer::Listener {
  Listener(const std::string& url, Sources from) : sources(std::move(from)), listener(web::uri(url)) {
    listener.support(http::methods::GET, [this](const http::http_request& request) {
      const Page page = page_for(request.relative_uri().path(), sources);
      // A client that is gone needs no answer.
      request.reply(page.status, page.body, page.type).then([](pplx::task<void> done) {
        try {
          done.get();
        } catch (const std::exception&) {
        }
      });
    });
    listener.open().wait();
  }
  ~Listener() {
    try {
      listener.close().wait();
    } catch (const std::exception&) {
      // The process ends in any case.
    }
  }

  const Sources sources;
  http::experimental::listener::http_listener listener;
};

AdminServer::AdminServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
AdminServer::~AdminServer() = default;

Result<std::unique_ptr<AdminServer>> AdminServer::open(const std::string& address, Sources sources) {
  try {
    auto listener = std::make_unique<Listener>("http://" + address, std::move(sources));
    return std::unique_ptr<AdminServer>(new AdminServer(std::move(listener)));
  } catch (const std::exception& error) {
    return Error(Reason::Internal, "cannot listen on " + address + ": " + error.what());
  }
}

}  // namespace mlgateway::admin
