#include "operator/sidecars/sidecar_client.hpp"

#include <chrono>

#include "operator/api/upstream_url.hpp"

namespace mlgateway::sidecars {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(1000);
// Of a thousand routes, each with its quotas' use; whatever is larger is no sidecar's.
constexpr std::size_t kMostAnswer = 16u << 20;

State unreachable(std::string why) {
  State state;
  state.report.unreachable = std::move(why);
  return state;
}

}  // namespace

std::string url_fault(const std::string& url) {
  const bool slash = url.ends_with('/');
  if (api::parse_upstream_url(std::string_view(url).substr(0, url.size() - (slash ? 1 : 0)))) return "";
  return "must be http://HOST:PORT of the sidecar's admin address, is '" + url + "'";
}

SidecarClient::SidecarClient(const std::string& url, const std::string& token)
    : url_(url), token_(token), transport_(kube::Peer{.url = url}) {}

State SidecarClient::judged(const kube::HttpResponse& answer) const {
  // One without a configuration knows no token.
  if (answer.status == 401) return unreachable(url_ + "/state refuses the token; has it read its configuration?");
  if (answer.status != 200) return unreachable(url_ + "/state answers " + std::to_string(answer.status));
  return read_state(answer.body);
}

State SidecarClient::state(const std::stop_token& stop) {
  const kube::HttpRequest request{"GET", "/state", {{"Authorization", "Bearer " + token_}}, ""};
  const Instant deadline = std::chrono::steady_clock::now() + kPatience;
  const auto answer = transport_.exchange(request, deadline, kMostAnswer, stop);
  if (!answer) return unreachable(url_ + "/state: " + answer.fault().message);
  State state = judged(*answer);
  state.answered = true;
  return state;
}

}  // namespace mlgateway::sidecars
