// One round of local mode: observe, plan, apply, report.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "operator/local/folder.hpp"
#include "operator/local/memory.hpp"
#include "operator/local/publisher.hpp"
#include "operator/local/record_folder.hpp"
#include "operator/local/status_folder.hpp"
#include "operator/route/plan.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::local {

// What one round came to.
struct Round {
  bool published = false;  // the configuration is another than before
  std::string config_hash;
  bool all_good = false;          // every document is an object in force, and everything it refers to is there
  std::optional<WallTime> again;  // when time alone would change the outcome
};

class Reconciler {
 public:
  // Makes what is missing of the folder `out`. `admission` must outlive it.
  static Result<std::unique_ptr<Reconciler>> open(const std::filesystem::path& manifests,
                                                  const std::filesystem::path& out, const Admission& admission,
                                                  const config::Digest& admin_token_digest);

  // Fails when a folder cannot be read or written; the next round tries again.
  Result<Round> reconcile(const std::set<std::string>& being_written, const std::optional<api::SidecarReport>& sidecar,
                          WallTime now);

 private:
  Reconciler(const std::filesystem::path& manifests, const std::filesystem::path& out, const Admission& admission,
             const config::Digest& admin_token_digest);

  Result<route::World> observe(const std::set<std::string>& being_written, WallTime now);
  Result<bool> apply(const route::Plan& plan, WallTime now);
  Status report(const route::Plan& plan, WallTime now);
  void complain(const route::Plan& plan);

  Folder folder_;
  RecordFolder record_folder_;
  StatusFolder status_folder_;
  Publisher publisher_;
  const config::Digest admin_token_digest_;
  Records records_;
  std::vector<Complaint> complaints_;  // of this round
  std::vector<Complaint> told_;        // of the round before: what is said once is not said again
};

}  // namespace mlgateway::local
