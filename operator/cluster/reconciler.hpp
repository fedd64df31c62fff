// One namespace, made as its manifests want it: observe, plan, apply, report.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "operator/cluster/caches.hpp"
#include "operator/cluster/config_writer.hpp"
#include "operator/cluster/report_book.hpp"
#include "operator/cluster/writer.hpp"
#include "operator/controller/outcome.hpp"
#include "operator/route/plan.hpp"

namespace mlgateway::cluster {

// Safe from any thread, as long as no namespace is reconciled twice at once.
class Reconciler {
 public:
  // The sidecars' tokens are derived from `admin_key`. All the others must outlive it.
  Reconciler(const Caches& caches, const ReportBook& reports, const ConfigWriter& configs, const Writer& writer,
             std::string admin_key);

  // Failed with the first of what went wrong; everything else is done nevertheless.
  controller::Outcome reconcile(const std::string& namespace_name, WallTime now, const std::stop_token& stop) const;

 private:
  struct Planned;

  Planned plan(const std::string& namespace_name, WallTime now) const;
  void report(const Planned& planned, const std::stop_token& stop, std::vector<kube::Fault>& faults) const;
  void put_status(const kube::Resource& resource, const nlohmann::json& object, nlohmann::json status,
                  const std::stop_token& stop, std::vector<kube::Fault>& faults) const;

  const Caches& caches_;
  const ReportBook& reports_;
  const ConfigWriter& configs_;
  const Writer& writer_;
  const std::string admin_key_;
};

}  // namespace mlgateway::cluster
