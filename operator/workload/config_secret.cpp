#include "operator/workload/config_secret.hpp"

#include <array>
#include <cstdint>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "operator/api/base64.hpp"
#include "operator/api/json_fields.hpp"
#include "operator/workload/names.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::workload {

using api::member;
using Json = nlohmann::json;

Json config_secret(const api::ObjectKey& key, std::string_view text, const Json& owner) {
  Json metadata = {{"namespace", key.namespace_name},
                   {"name", key.name},
                   {"labels", {{kConfigLabel, kConfigLabelValue}, {"app.kubernetes.io/managed-by", "mlgateway"}}}};
  if (!owner.is_null()) metadata["ownerReferences"] = Json::array({owner});
  return {
      {"metadata", std::move(metadata)}, {"type", "Opaque"}, {"data", {{config::kFileName, api::encode_base64(text)}}}};
}

bool is_ours(const Json& secret) {
  return member(member(member(secret, "metadata"), "labels"), kConfigLabel) == kConfigLabelValue;
}

bool holds(const Json& secret, std::string_view text) {
  return member(member(secret, "data"), config::kFileName) == api::encode_base64(text);
}

Json owner_of(const Json& secret) {
  const Json& owners = member(member(secret, "metadata"), "ownerReferences");
  return owners.empty() ? Json() : owners.front();
}

Json owner_reference(const Json& object) {
  const Json& metadata = object.at("metadata");
  return {{"apiVersion", object.at("apiVersion")},
          {"kind", object.at("kind")},
          {"name", metadata.at("name")},
          {"uid", metadata.at("uid")}};
}

std::string admin_token(std::string_view key, const api::ObjectKey& secret) {
  const std::string name = to_string(secret);
  std::array<std::uint8_t, 32> token{};
  unsigned int size = 0;
  ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(name.data()),
         name.size(), token.data(), &size);
  return config::to_hex(token);
}

}  // namespace mlgateway::workload
