// The only writer of the routes' NetworkPolicies.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "operator/cluster/caches.hpp"
#include "operator/cluster/closing.hpp"
#include "operator/cluster/writer.hpp"

namespace mlgateway::cluster {

// Safe from any thread, as long as no namespace is written twice at once.
class PolicyWriter {
 public:
  // Both must outlive it.
  PolicyWriter(const Caches& caches, const Writer& writer) : caches_(caches), writer_(writer) {}

  // Makes the policies of `route`, an MLRoute's object, as `closing` wants them, and takes away those of versions that
  // are no more. The words are why one was not made: a policy of that name is somebody else's.
  std::string write(const nlohmann::json& route, const Closing& closing, const std::stop_token& stop,
                    std::vector<kube::Fault>& faults) const;

 private:
  const Caches& caches_;
  const Writer& writer_;
};

}  // namespace mlgateway::cluster
