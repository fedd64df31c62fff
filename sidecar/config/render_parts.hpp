// The parts of render() that have a file of their own, and what they are written with.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

// Keeps the order in which fields are written, which is the order of the contract.
using Json = nlohmann::ordered_json;

enum class Hash { With, Without };

// A list of its own, since a braced list of one Json would be that Json again.
template <class T, class Write>
Json list(const std::vector<T>& items, Write write) {
  Json written = Json::array();
  for (const T& item : items) written.push_back(write(item));
  return written;
}

inline Json texts(const std::vector<std::string>& items) {
  return list(items, [](const std::string& item) { return Json(item); });
}

Json write_authorization(const Authorization& authorization);
Json write_identity_header(const IdentityHeader& header);
Json write_method(const AuthMethod& method);
Json write_labels(const Labels& labels);
Json write_cost(const Cost& cost);
Json write_cache(const Cache& cache);
Json write_quota(const Quota& quota, Hash hash);

}  // namespace mlgateway::config
