// The only writer of the routes' Services and of the labels that they find pods by.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "operator/cluster/caches.hpp"
#include "operator/cluster/reports.hpp"
#include "operator/cluster/writer.hpp"
#include "operator/workload/workload.hpp"

namespace mlgateway::cluster {

// Safe from any thread, as long as no namespace is written twice at once.
class ServiceWriter {
 public:
  // Both must outlive it.
  ServiceWriter(const Caches& caches, const Writer& writer) : caches_(caches), writer_(writer) {}

  // Makes the Service of `route`, an MLRoute's object. The words are why it was not: a Service of that name is somebody
  // else's. What would not change is not written. `workloads` are those of its namespace.
  std::string write(const nlohmann::json& route, const std::vector<workload::Workload>& workloads,
                    const std::stop_token& stop, std::vector<kube::Fault>& faults) const;

  // Labels the pods of `workload` with the routes that their sidecars run.
  void label(const workload::Workload& workload, const std::vector<api::MLRoute>& routes, const Reports& reports,
             const std::stop_token& stop, std::vector<kube::Fault>& faults) const;

 private:
  const Caches& caches_;
  const Writer& writer_;
};

}  // namespace mlgateway::cluster
