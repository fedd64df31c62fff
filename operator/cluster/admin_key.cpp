#include "operator/cluster/admin_key.hpp"

#include <array>

#include <openssl/rand.h>

#include "operator/api/base64.hpp"
#include "operator/api/json_fields.hpp"
#include "operator/kube/requests.hpp"
#include "operator/workload/names.hpp"

namespace mlgateway::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kKeyBytes = 32;

kube::Reply<std::string> key_in(const Json& secret) {
  const Json& entry = api::member(api::member(secret, "data"), "key");
  const auto key = entry.is_string() ? api::decode_base64(entry.get_ref<const std::string&>()) : std::nullopt;
  if (key && key->size() >= kKeyBytes) return *key;
  return kube::fault(kube::FaultKind::Unreadable,
                     std::string("Secret '") + kAdminKeySecret + "' has no key of 32 bytes in `key`; delete it");
}

kube::Reply<Json> make_key(const Writer& writer, const api::ObjectKey& name, const std::stop_token& stop) {
  std::array<unsigned char, kKeyBytes> bytes{};
  if (::RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return kube::fault(kube::FaultKind::Unreadable, "the machine has no randomness");
  }
  const std::string_view key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const Json secret = {{"metadata", {{"namespace", name.namespace_name}, {"name", name.name}}},
                       {"type", "Opaque"},
                       {"data", {{"key", api::encode_base64(key)}}}};
  return writer.send(kube::create(kube::kSecrets, secret, workload::kManager), stop);
}

}  // namespace

kube::Reply<std::string> admin_key(const Writer& writer, const std::string& namespace_name,
                                   const std::stop_token& stop) {
  const api::ObjectKey name{namespace_name, kAdminKeySecret};
  auto secret = writer.send(kube::get(kube::kSecrets, name), stop);
  if (!secret && secret.fault().kind == kube::FaultKind::NotFound) secret = make_key(writer, name, stop);
  if (!secret) return secret.fault();
  return key_in(*secret);
}

}  // namespace mlgateway::cluster
