// The only writer of the workloads' Secrets and of the pods' nudge.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "operator/cluster/caches.hpp"
#include "operator/cluster/report_book.hpp"
#include "operator/cluster/statuses.hpp"
#include "operator/cluster/writer.hpp"
#include "operator/workload/workload.hpp"

namespace mlgateway::cluster {

// What came of writing the configurations of one namespace.
struct Written {
  std::vector<Withheld> withheld;
  std::vector<kube::Fault> faults;  // to be tried again
};

// Safe from any thread, as long as no namespace is written twice at once.
class ConfigWriter {
 public:
  // `ask` is called for each pod whose sidecar should be asked soon. All of them must outlive the writer.
  ConfigWriter(const Caches& caches, ReportBook& reports, const Writer& writer,
               std::function<void(const api::ObjectKey&)> ask);

  // Makes each workload's Secret as it should be, and then has the kubelets look. What would not change is not written.
  Written write(const std::string& namespace_name, const std::vector<workload::Workload>& workloads,
                const std::stop_token& stop) const;

 private:
  // Whether the Secret now is as it should be.
  bool write_secret(const api::ObjectKey& key, const workload::Workload& workload, const std::stop_token& stop,
                    Written& written) const;
  // Null: there is none.
  kube::Reply<kube::Object> existing(const api::ObjectKey& key, const std::stop_token& stop) const;
  kube::Reply<nlohmann::json> owner(const workload::Workload& workload, const std::stop_token& stop) const;
  void nudge(const workload::Workload& workload, const std::stop_token& stop, Written& written) const;

  const Caches& caches_;
  ReportBook& reports_;
  const Writer& writer_;
  const std::function<void(const api::ObjectKey&)> ask_;
};

}  // namespace mlgateway::cluster
