// The bearer token of the moment: kubelets rotate the file long before the old token expires.
#pragma once

#include <mutex>
#include <string>

#include "operator/kube/material.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

// Safe from any thread; time is an argument.
class TokenSource {
 public:
  // A file is looked at again after this long. The kubelet writes a new token at 80 % of the old one's life.
  static constexpr std::chrono::seconds kFresh{60};

  explicit TokenSource(Material material) : material_(std::move(material)) {}

  // Empty when there is none. A file that cannot be read, or is empty, leaves the last good token.
  std::string token(Instant now);

  // The server did not take the token: the next question reads the file.
  void distrust();

 private:
  const Material material_;
  std::mutex mutex_;
  std::string token_;
  Instant read_{};
  bool fresh_ = false;
};

}  // namespace mlgateway::kube
