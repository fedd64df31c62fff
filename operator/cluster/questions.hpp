// Asks one pod's sidecar what it runs, and says when to ask again.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "operator/cluster/caches.hpp"
#include "operator/cluster/metrics.hpp"
#include "operator/cluster/report_book.hpp"
#include "operator/cluster/writer.hpp"
#include "operator/controller/outcome.hpp"

namespace mlgateway::cluster {

// Safe from any thread, as long as no pod is asked twice at once.
class Questions {
 public:
  // `news` is called with the namespace whenever its status has something new to say. All must outlive it.
  Questions(const Caches& caches, ReportBook& reports, const Writer& writer, SidecarMetrics& metrics,
            std::string admin_key, std::function<void(const std::string&)> news);

  // A sidecar that does not answer costs a second.
  controller::Outcome ask(const api::ObjectKey& pod, const std::stop_token& stop) const;

 private:
  const Caches& caches_;
  ReportBook& reports_;
  const Writer& writer_;
  SidecarMetrics& metrics_;
  const std::string admin_key_;
  const std::function<void(const std::string&)> news_;
};

}  // namespace mlgateway::cluster
