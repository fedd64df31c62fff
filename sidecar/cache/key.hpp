// The cache key: SHA-256 over length-prefixed parts, so that no two different requests can be taken for one another.
#pragma once

#include <string_view>

#include "sidecar/auth/principal.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::cache {

using Key = config::Digest;

// How a body goes into the key.
enum class BodyForm : std::uint8_t {
  Bytes,   // as it is
  Json,    // valid JSON, checked by who asks: without insignificant white space, all else as it was sent
  JsonV2,  // the same without the top-level member `id`; behind Inference-Header-Content-Length bytes come raw tensors
};

// What decides which model answers: namespace, route, version with revision and endpoint, model, protocol. Entries are
// filed under it; it is made once per configuration, and an entry whose tag no configuration has is void.
Key tag_of(const config::Route& route, const config::Version& version);

struct KeyParts {
  const Key& tag;
  config::CacheScope scope;
  const auth::Principal& principal;
  const http::RequestHead& head;  // method, path, query, Content-Type, Accept, Inference-Header-Content-Length
  std::string_view body;
  BodyForm form;
};
Key key_of(const KeyParts& parts);

}  // namespace mlgateway::cache
