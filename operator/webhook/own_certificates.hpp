// Keeps the certificates that the operator makes itself in their Secret, and the API server's trust in them.
//
// Every replica does the same, without a leader: whoever is first writes, the others find it (a write is refused when
// the Secret has changed since it was read).
#pragma once

#include <stop_token>
#include <string>

#include "operator/api/object_key.hpp"
#include "operator/kube/client.hpp"
#include "operator/webhook/certificates.hpp"
#include "operator/webhook/round.hpp"

namespace mlgateway::webhook {

// For one thread.
class OwnCertificates {
 public:
  struct Names {
    api::ObjectKey secret;
    std::string mutating;    // the configuration whose bundles are kept; empty: none
    std::string validating;  // ...
  };

  // `client` must outlive it.
  OwnCertificates(kube::Client& client, Names names, Wanted wanted);

  // Renews what is due and publishes it. A fault of the API server leaves what was known in use.
  Round look(WallTime now, Instant instant, const std::stop_token& stop);

 private:
  // Why a bundle is not everywhere.
  struct Unpublished {
    std::string words;
    bool passing = false;  // it may be for all that is known: nobody could be asked
  };

  kube::Reply<Certificates> agreed(WallTime now, const std::stop_token& stop);
  kube::Reply<Certificates> write(const nlohmann::json& secret, const Certificates& certificates,
                                  const std::stop_token& stop);
  std::optional<Unpublished> publish(const std::string& bundle, const std::stop_token& stop);
  std::optional<Unpublished> publish(const kube::Resource& resource, const std::string& name, const std::string& bundle,
                                     const std::stop_token& stop);

  kube::Client& client_;
  const Names names_;
  const Wanted wanted_;
  std::optional<Certificates> known_;
  std::string published_;   // the bundle that was found everywhere
  Instant published_at_{};  // since when
  std::chrono::seconds published_for_{0};
};

}  // namespace mlgateway::webhook
