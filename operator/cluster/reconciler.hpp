// One namespace, made as its manifests want it: observe, plan, apply, report.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "operator/cluster/caches.hpp"
#include "operator/cluster/config_writer.hpp"
#include "operator/cluster/policy_writer.hpp"
#include "operator/cluster/report_book.hpp"
#include "operator/cluster/service_writer.hpp"
#include "operator/cluster/statuses.hpp"
#include "operator/cluster/writer.hpp"
#include "operator/controller/outcome.hpp"
#include "operator/kube/event.hpp"
#include "operator/route/plan.hpp"

namespace mlgateway::cluster {

// Safe from any thread, as long as no namespace is reconciled twice at once.
class Reconciler {
 public:
  // The sidecars' tokens are derived from `admin_key`; `tell` is called with what a person should notice. All the
  // others must outlive it.
  Reconciler(const Caches& caches, const ReportBook& reports, const ConfigWriter& configs,
             const ServiceWriter& services, const PolicyWriter& policies, const Writer& writer, std::string admin_key,
             std::function<void(kube::Event)> tell);

  // Failed with the first of what went wrong; everything else is done nevertheless.
  controller::Outcome reconcile(const std::string& namespace_name, WallTime now, const std::stop_token& stop) const;

 private:
  struct Planned;

  Planned plan(const std::string& namespace_name, WallTime now) const;
  // What the selectors of the routes find, and what is to be closed.
  static void look_around(Planned& planned, const std::vector<workload::Pod>& pods);
  // Services with the labels that they find pods by, and NetworkPolicies. Why one of a route's could not be made.
  std::map<api::ObjectKey, std::string> expose(const Planned& planned, const std::stop_token& stop,
                                               std::vector<kube::Fault>& faults) const;
  static void complete_statuses(Planned& planned, const Enforcement& enforcement, WallTime now);
  void report(const Planned& planned, const std::stop_token& stop, std::vector<kube::Fault>& faults) const;
  template <class Status>
  void put_status(const kube::Resource& resource, const nlohmann::json& object, const Status& status,
                  const api::Conditions& previous, const std::stop_token& stop, std::vector<kube::Fault>& faults) const;

  const Caches& caches_;
  const ReportBook& reports_;
  const ConfigWriter& configs_;
  const ServiceWriter& services_;
  const PolicyWriter& policies_;
  const Writer& writer_;
  const std::string admin_key_;
  const std::function<void(kube::Event)> tell_;
};

}  // namespace mlgateway::cluster
