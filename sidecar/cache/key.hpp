// The cache key: SHA-256 over length-prefixed parts, so that no two different requests can be taken for one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
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
  // Method, path, query, Content-Type, Accept and Inference-Header-Content-Length; Origin too, by which answers to web
  // pages differ.
  const http::RequestHead& head;
  std::string_view body;
  BodyForm form;
};
Key key_of(const KeyParts& parts);

// For tables of keys. A caller can compute his own keys, so a place in a table depends on secrets of the process too:
// otherwise he could make requests that all fall into one bucket.
struct KeyHash {
  std::size_t operator()(const Key& key) const;
};

}  // namespace mlgateway::cache
