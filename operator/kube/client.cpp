#include "operator/kube/client.hpp"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include "operator/kube/json_text.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::kube {
namespace {

using nlohmann::json;

Instant now() { return std::chrono::steady_clock::now(); }

// What stands in an error is small; a body that never ends is not.
constexpr std::size_t kMostErrorBody = 64u << 10;

// False: `stop` came first.
bool sleep_until(Instant when, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_until(lock, stop, when, [] { return false; });
  return !stop.stop_requested();
}

void tell_warnings(const HttpResponse& response, const std::string& target) {
  for (const std::string& warning : response.warnings) {
    log::warn("the API server warns", {{"warning", warning}, {"target", target.substr(0, target.find('?'))}});
  }
}

}  // namespace

Client::Client(Credentials credentials, ClientOptions options)
    : options_(options),
      namespace_name_(credentials.namespace_name.empty() ? "default" : std::move(credentials.namespace_name)),
      tokens_(std::move(credentials.token)),
      requests_(credentials.peer),
      watches_(std::move(credentials.peer)),
      writes_(options.writes_per_second, options.write_burst) {}

HttpRequest Client::dressed(const Request& request, const std::string& token) const {
  HttpRequest http{request.method, request.target, {}, request.body};
  http.headers.emplace_back("Accept", "application/json");
  // Its beginning is the field manager of whatever is written without one.
  http.headers.emplace_back("User-Agent", "mlgateway-operator/" MLGATEWAY_VERSION " (linux)");
  if (!token.empty()) http.headers.emplace_back("Authorization", "Bearer " + token);
  if (!request.content_type.empty()) http.headers.emplace_back("Content-Type", request.content_type);
  return http;
}

bool Client::wait_for_turn(const std::stop_token& stop) {
  std::chrono::nanoseconds wait{};
  {
    const std::scoped_lock lock(mutex_);
    wait = writes_.reserve(now());
  }
  return wait.count() == 0 ? !stop.stop_requested() : sleep_until(now() + wait, stop);
}

Reply<HttpResponse> Client::exchange(const Request& request, Instant deadline, const std::stop_token& stop) {
  const std::string token = tokens_.token(now());
  auto response = requests_.exchange(dressed(request, token), deadline, options_.most_answer, stop);
  if (!response || response->status != 401) return response;
  // A token that was rotated since we read it: once more, with the new one.
  tokens_.distrust();
  const std::string newer = tokens_.token(now());
  if (newer == token) return response;
  return requests_.exchange(dressed(request, newer), deadline, options_.most_answer, stop);
}

Reply<json> Client::send(const Request& request, const std::stop_token& stop) {
  return send(request, Instant::max(), stop);
}

Reply<json> Client::send(const Request& request, Instant deadline, const std::stop_token& stop) {
  if (request.writes() && !request.urgent && !wait_for_turn(stop)) return fault(FaultKind::Stopped, "stopped");
  const auto response = exchange(request, std::min(deadline, now() + options_.deadline), stop);
  if (!response) return response.fault();
  tell_warnings(*response, request.target);
  if (response->status < 200 || response->status > 299) {
    return fault_from(response->status, response->retry_after, response->body);
  }
  auto object = parse_json(response->body);
  if (!object || !object->is_object())
    return fault(FaultKind::Unreadable, "the answer to " + request.target + " is no JSON object");
  return std::move(*object);
}

Reply<HttpStream> Client::open(const Request& request, const std::stop_token& stop) {
  const Instant deadline = now() + options_.deadline;
  auto stream = watches_.open(dressed(request, tokens_.token(now())), deadline, stop);
  if (!stream || stream->head().status == 200) return stream;
  if (stream->head().status == 401) tokens_.distrust();
  std::string body;
  while (body.size() < kMostErrorBody) {
    const auto piece = stream->read(deadline, stop);
    if (!piece || piece->empty()) break;
    body += *piece;
  }
  return fault_from(stream->head().status, stream->head().retry_after, body);
}

}  // namespace mlgateway::kube
