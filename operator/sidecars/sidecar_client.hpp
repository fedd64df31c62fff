// One question to a sidecar's admin address: GET /state. The only user of cpprestsdk here, so that it can be replaced.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "operator/api/sidecar_report.hpp"

namespace mlgateway::sidecars {

struct State {
  api::SidecarReport report;
  std::string config_hash;  // of the whole configuration in force; empty: none
};

// What /state says. A text that is not of that form is an unreachable sidecar: something else answers there.
State read_state(std::string_view body);

// Empty when `url` is http://HOST:PORT; otherwise what is wrong with it.
std::string url_fault(const std::string& url);

// For one thread.
class SidecarClient {
 public:
  SidecarClient(const std::string& url, const std::string& token);
  ~SidecarClient();
  SidecarClient(const SidecarClient&) = delete;
  SidecarClient& operator=(const SidecarClient&) = delete;

  // Waits for the answer, a second at most. Failures are in the report.
  State state();

 private:
  struct Connection;

  std::string url_;
  std::string token_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace mlgateway::sidecars
