#include "operator/webhook/own_certificates.hpp"

#include <algorithm>
#include <utility>

#include "operator/api/base64.hpp"
#include "operator/api/json_fields.hpp"
#include "operator/kube/requests.hpp"
#include "operator/workload/names.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;
using kube::FaultKind;

constexpr const char* kManager = "mlgateway-webhook";
constexpr std::chrono::seconds kSoon{1};
constexpr std::chrono::seconds kLongest{60};

// With the bundle in each of its webhooks; null: it is there already.
Json with_bundle(const Json& configuration, const std::string& bundle) {
  Json webhooks = api::member(configuration, "webhooks");
  const std::string text = api::encode_base64(bundle);
  bool changed = false;
  for (Json& webhook : webhooks) {
    if (api::member(webhook.at("clientConfig"), "caBundle") == text) continue;
    webhook["clientConfig"]["caBundle"] = text;
    changed = true;
  }
  return changed ? webhooks : Json(nullptr);
}

bool raced(const kube::Fault& fault) {
  return fault.kind == FaultKind::Conflict || fault.kind == FaultKind::AlreadyExists;
}

}  // namespace

OwnCertificates::OwnCertificates(kube::Client& client, Names names, Wanted wanted)
    : client_(client), names_(std::move(names)), wanted_(std::move(wanted)) {}

Round OwnCertificates::look(WallTime now, Instant instant, const std::stop_token& stop) {
  const std::chrono::seconds usual = std::clamp(wanted_.lifetime / 60, kSoon, kLongest);
  const auto found = agreed(now, stop);
  if (found) known_ = *found;
  if (!known_) return {std::nullopt, "no certificate yet: " + found.fault().message, kSoon};
  const std::string bundle = bundle_of(*known_);
  const auto unpublished = publish(bundle, stop);
  // All replicas would become unready by one hiccup of the API server.
  const bool hiccup = unpublished && unpublished->passing && published_ == bundle;
  if (unpublished && !hiccup) {
    published_.clear();
    return {known_->serving, unpublished->words, kSoon};
  }
  if (published_ != bundle) {
    published_ = bundle;
    published_at_ = instant;
  }
  published_for_ = std::chrono::duration_cast<std::chrono::seconds>(instant - published_at_);
  const auto until = good_until(known_->serving);
  const bool good = until && *until > now;
  if (!good) return {known_->serving, "the certificate has expired and cannot be renewed", kSoon};
  return {known_->serving, "", !found || hiccup || known_->next ? kSoon : usual};
}

// What is in the Secret, after whatever was due has been done.
kube::Reply<Certificates> OwnCertificates::agreed(WallTime now, const std::stop_token& stop) {
  auto secret = client_.send(kube::get(kube::kSecrets, names_.secret), stop);
  if (!secret && secret.fault().kind != FaultKind::NotFound) return secret.fault();
  const auto have = secret ? certificates_from(api::member(*secret, "data")) : std::nullopt;
  // That a bundle was published says nothing of another one.
  const bool same = have && published_ == bundle_of(*have);
  const auto due = renewed(have, wanted_, same ? published_for_ : std::chrono::seconds(0), now);
  if (!due) return kube::fault(FaultKind::Unreadable, due.error().message);
  if (have && *due == *have) return *have;
  auto written = write(secret ? *secret : Json(nullptr), *due, stop);
  if (written || !raced(written.fault())) return written;
  // Another replica was faster, and what it wrote is as good.
  secret = client_.send(kube::get(kube::kSecrets, names_.secret), stop);
  if (!secret) return secret.fault();
  auto theirs = certificates_from(api::member(*secret, "data"));
  if (theirs) return *theirs;
  return kube::fault(FaultKind::Unreadable, "Secret '" + names_.secret.name + "' has no certificates");
}

kube::Reply<Certificates> OwnCertificates::write(const Json& secret, const Certificates& certificates,
                                                 const std::stop_token& stop) {
  Json object = secret;
  if (object.is_null()) {
    object = {{"metadata", {{"namespace", names_.secret.namespace_name}, {"name", names_.secret.name}}},
              {"type", "Opaque"}};
  }
  object["data"] = to_data(certificates);
  const kube::Request request = secret.is_null() ? kube::create(kube::kSecrets, object, kManager)
                                                 : kube::update(kube::kSecrets, object, kManager);
  const auto written = client_.send(request, stop);
  if (!written) return written.fault();
  log::info("webhook certificates renewed", {{"secret", names_.secret.name}});
  return certificates;
}

// Nothing: everybody believes it.
std::optional<OwnCertificates::Unpublished> OwnCertificates::publish(const std::string& bundle,
                                                                     const std::stop_token& stop) {
  auto first = publish(kube::kMutatingWebhooks, names_.mutating, bundle, stop);
  auto second = publish(kube::kValidatingWebhooks, names_.validating, bundle, stop);
  return first ? first : second;
}

std::optional<OwnCertificates::Unpublished> OwnCertificates::publish(const kube::Resource& resource,
                                                                     const std::string& name, const std::string& bundle,
                                                                     const std::stop_token& stop) {
  if (name.empty()) return std::nullopt;
  const api::ObjectKey key{"", name};
  const auto because = [&](const kube::Fault& fault) {
    return Unpublished{
        std::string(resource.kind) + " '" + name + "' does not have the certificate's authority: " + fault.message,
        fault.passing()};
  };
  const auto configuration = client_.send(kube::get(resource, key), stop);
  if (!configuration) return because(configuration.fault());
  const Json webhooks = with_bundle(*configuration, bundle);
  if (webhooks.is_null()) return std::nullopt;
  // A list is replaced whole, so only as it was read.
  const Json patch = {{"metadata", {{"resourceVersion", configuration->at("metadata").at("resourceVersion")}}},
                      {"webhooks", webhooks}};
  const auto written = client_.send(kube::merge_patch(resource, key, patch, kManager), stop);
  if (!written) return because(written.fault());
  return std::nullopt;
}

}  // namespace mlgateway::webhook
