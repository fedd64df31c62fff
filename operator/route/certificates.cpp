#include "operator/route/certificates.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "operator/api/timestamp.hpp"
#include "sidecar/tls/certificate.hpp"

namespace mlgateway::route {
namespace {

constexpr const char* kChain = "tls.crt";
constexpr const char* kKey = "tls.key";

std::string entry_of(const api::Secret& secret, const char* name) {
  const auto found = secret.entries.find(name);
  return found == secret.entries.end() ? "" : found->second;
}

const ObservedSecret* find(const std::vector<ObservedSecret>& secrets, const api::ObjectKey& key) {
  const auto found =
      std::find_if(secrets.begin(), secrets.end(), [&](const ObservedSecret& each) { return each.secret.key == key; });
  return found == secrets.end() ? nullptr : &*found;
}

}  // namespace

RouteCertificate collect_certificate(const api::MLRoute& route, const std::vector<ObservedSecret>& secrets,
                                     WallTime now) {
  RouteCertificate result;
  if (route.certificate.empty()) return result;
  result.rendered = config::Certificate{route.certificate, "", ""};
  const std::string named = "Secret '" + route.certificate + "'";
  const auto problem = [&](const char* reason, std::string words) {
    result.problems.push_back({reason, std::move(words)});
  };
  const ObservedSecret* const observed = find(secrets, {route.key.namespace_name, route.certificate});
  if (observed == nullptr) {
    problem("SecretNotFound", "there is no " + named + " in namespace '" + route.key.namespace_name + "'");
    return result;
  }
  if (!observed->secret.labels.contains(kUseLabel)) {
    problem("RefNotPermitted", named + " lacks the label " + kUseLabel);
    return result;
  }
  if (!observed->fault.empty()) problem("SecretInvalid", named + " keeps its last good version: " + observed->fault);
  const std::string chain = entry_of(observed->secret, kChain);
  const std::string key = entry_of(observed->secret, kKey);
  const auto certificate = tls::read_certificate(chain, key);
  if (!certificate) {
    problem("InvalidCertificateRef", named + ": " + certificate.error().message);
    return result;
  }
  result.rendered->chain = chain;
  result.rendered->key = key;
  result.status = api::CertificateStatus{route.certificate, tls::not_after(*certificate)};
  if (result.status->not_after <= now) {
    problem("CertificateExpired",
            named + ": the certificate was good until " + api::format_timestamp(result.status->not_after));
  }
  return result;
}

}  // namespace mlgateway::route
