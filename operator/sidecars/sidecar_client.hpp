// One question to a sidecar's admin address: GET /state.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "operator/api/sidecar_report.hpp"
#include "operator/kube/transport.hpp"

namespace mlgateway::sidecars {

struct State {
  api::SidecarReport report;
  std::string config_hash;  // of the whole configuration in force; empty: none, or it is not known
  bool answered = false;    // whether anybody was there, whatever he said
};

// What /state says. A text that is not of that form is an unreachable sidecar: something else answers there.
State read_state(std::string_view body);

// Empty when `url` is http://HOST:PORT; otherwise what is wrong with it.
std::string url_fault(const std::string& url);

// For one thread.
class SidecarClient {
 public:
  SidecarClient(const std::string& url, const std::string& token);

  // Waits for the answer, a second at most and not after `stop`. Failures are in the report.
  State state(const std::stop_token& stop = {});

 private:
  State judged(const kube::HttpResponse& answer) const;

  const std::string url_;
  const std::string token_;
  kube::Transport transport_;
};

}  // namespace mlgateway::sidecars
