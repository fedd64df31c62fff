#include "sidecar/admin/answer.hpp"

#include <openssl/crypto.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <strings.h>

#include "sidecar/config/digest.hpp"

namespace mlgateway::admin {
namespace {

using nlohmann::json;

// Invalid UTF-8 (a path in an error, say) is replaced: dump() would throw.
Answer of_json(const json& value) {
  return {200, "application/json", value.dump(2, ' ', false, json::error_handler_t::replace) + "\n"};
}

Answer of_metrics(const Sources& sources) {
  return {200, "text/plain; version=0.0.4; charset=utf-8",
          prometheus::TextSerializer{}.Serialize(sources.metrics->Collect())};
}

Answer of_readiness(const Sources& sources) {
  if (sources.ready()) return {.body = "ready\n"};
  return {.status = 503, .body = sources.not_ready_reason() + "\n"};
}

bool permitted(const Question& question, const std::optional<config::Digest>& digest) {
  return digest && question.authorization && bears(*question.authorization, *digest);
}

Answer of_drain(const Question& question, const Sources& sources) {
  if (question.method != "GET") return {.status = 405, .body = "method not allowed\n", .allow = "GET"};
  if (!permitted(question, sources.drain_token_digest)) {
    return {.status = 401, .body = "the pod's token is needed\n", .authenticate = "Bearer"};
  }
  sources.begin_drain();
  return {.body = "drained\n", .due = sources.drained};
}

}  // namespace

bool bears(std::string_view authorization, const config::Digest& digest) {
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.size() <= kScheme.size()) return false;
  if (strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) != 0) return false;
  const config::Digest presented = config::sha256(authorization.substr(kScheme.size()));
  return CRYPTO_memcmp(presented.data(), digest.data(), digest.size()) == 0;
}

Answer answer(const Question& question, const Sources& sources) {
  const std::string_view path = question.target.substr(0, question.target.find('?'));
  if (path == "/drain" && sources.drain_token_digest) return of_drain(question, sources);
  const bool open = path == "/metrics" || path == "/healthz" || path == "/readyz";
  const bool closed = path == "/state" || path == "/config";
  if (!open && !closed) return {.status = 404, .body = "not found\n"};
  if (question.method != "GET" && question.method != "HEAD") {
    return {.status = 405, .body = "method not allowed\n", .allow = "GET, HEAD"};
  }
  if (path == "/healthz") return {.body = "ok\n"};
  if (path == "/readyz") return of_readiness(sources);
  if (path == "/metrics") return of_metrics(sources);
  if (!permitted(question, sources.token_digest())) {
    return {.status = 401, .body = "the admin token is needed\n", .authenticate = "Bearer"};
  }
  return of_json(path == "/state" ? sources.state() : sources.config());
}

}  // namespace mlgateway::admin
