// Asks one sidecar's admin address what it runs, again and again, in a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "operator/api/sidecar_report.hpp"
#include "operator/sidecars/latest_report.hpp"

namespace mlgateway::sidecars {

// Safe from any thread. The destructor ends the thread; a request under way delays it by at most its timeout.
class SidecarWatch {
 public:
  // `url` is http://HOST:PORT of the admin address. `changed` is called from the watch's thread whenever `latest` has
  // become another (of use alone, once a second at most); what it touches must outlive the watch.
  SidecarWatch(std::string url, std::string token, std::function<void()> changed);

  // The newest report; none before the first answer or failure.
  std::optional<api::SidecarReport> latest() const;

  // The configuration that was just published: the sidecar is asked often until it runs it, every second otherwise.
  void expect(const std::string& config_hash);

 private:
  void run(const std::stop_token& stop);

  const std::string url_;
  const std::string token_;
  const std::function<void()> changed_;
  mutable std::mutex mutex_;
  std::condition_variable_any expected_changed_;
  LatestReport latest_;
  std::string expected_;
  std::uint64_t expectations_ = 0;  // how often `expect` named another configuration
  std::jthread thread_;             // last: it uses all of the above
};

}  // namespace mlgateway::sidecars
